import type { Conversation, HandoffNotes, OutboundContent } from '../domain.ts';
import { BluetickError, describeError } from '../errors.ts';
import type { Channel, Logger } from '../ports.ts';
import { pause } from '../timing/pause.ts';
import type { Sent } from './sent.ts';
import { longestWaitMs } from './turnPace.ts';
import type { TurnTools } from './turnTools.ts';

/**
 * The bot speaks of its own accord: nothing of the customer's is answered, so no receipt is at stake and nothing is
 * paced. The window holds: outside it only a template goes out. Whether the bot should speak while agents hold the
 * conversation is for its maker to say: {@link conversation} tells who does.
 */
export class ProactiveTurn {
  readonly conversation: Conversation;
  readonly #tools: TurnTools;

  private constructor(tools: TurnTools, conversation: Conversation) {
    this.#tools = tools;
    this.conversation = conversation;
  }

  /** @throws BluetickError `unknown_conversation` */
  static async open(tools: TurnTools, id: string): Promise<ProactiveTurn> {
    const conversation = await tools.parts.store.conversation(id);
    if (conversation === undefined)
      throw new BluetickError('unknown_conversation', 'There is no such conversation');
    return new ProactiveTurn(tools, conversation);
  }

  /** The engine's log. */
  get log(): Logger {
    return this.#tools.parts.log;
  }

  /** The channel by which it speaks; `undefined` while that is off: what is said waits for it. */
  get channel(): Channel | undefined {
    return this.#tools.parts.channels.get(this.conversation.channel);
  }

  /** Sends a message; see {@link Outbox.send}. */
  send(content: OutboundContent): Promise<Sent> {
    return this.#tools.outbox.send(this.conversation, content);
  }

  /** Shows typing once, as far as policy and channel allow it. */
  showTyping(): void {
    const { log } = this.#tools.parts;
    this.#tools.signs
      .showTyping(this.conversation)
      .catch(error =>
        log.warn({ conversation: this.conversation.id, ...describeError(error) }, 'Typing not shown'),
      );
  }

  /** Waits because the bot asked for a pause between what it sends, in milliseconds: at most a minute. */
  async rest(ms: number): Promise<void> {
    const { scheduler, stopping } = this.#tools.parts;
    if (ms > 0) await pause(scheduler, Math.min(ms, longestWaitMs), { signal: stopping });
  }

  /** The bot lets go: from now on agents hold the conversation. See {@link Handoff.begin}. */
  async handOff(given?: HandoffNotes): Promise<void> {
    await this.#tools.handoff.begin(this.conversation.id, 'bot', given);
  }

  /** The bot has the conversation back from the agents. See {@link Handoff.takeBack}. */
  async takeBack(): Promise<void> {
    await this.#tools.handoff.takeBack(this.conversation.id, 'bot');
  }

  /** The bot ends the conversation: what nobody read by then stays unread. */
  async close(): Promise<void> {
    await this.#tools.agents.report(this.conversation.id, 'closed', { via: 'bot' });
  }
}
