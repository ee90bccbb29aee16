import type { Conversation } from '../domain.ts';
import { describeError, ProviderError } from '../errors.ts';
import type { DueTurn, TurnEnd } from '../ports.ts';
import { channelOffRetryMs } from './retryDelay.ts';
import { Turn, type TurnTools } from './turn.ts';

/** Tries of one turn: a message that fails the bot five times would fail it a sixth time. */
const maxAttempts = 5;
/** The wait before a turn that failed runs again; it doubles with each try. */
const firstRetryMs = 1000;

/** Runs the bot for one message. A rejection runs the turn again. */
export type TurnHandler = (turn: Turn) => Promise<void>;

/** Runs the turns of a conversation one at a time, in the order of its messages; other conversations go on beside. */
export class TurnRunner {
  readonly #tools: TurnTools;
  readonly #handler: TurnHandler;

  constructor(tools: TurnTools, handler: TurnHandler) {
    this.#tools = tools;
    this.#handler = handler;
  }

  /** The handler of the lane `turn`. */
  async run(conversation: Conversation): Promise<void> {
    const { parts, typing } = this.#tools;
    const { store, clock, dispatcher, stopping } = parts;
    for (;;) {
      const declare = typing.announce(conversation.id);
      let due: DueTurn | undefined;
      let turn: Turn | undefined;
      try {
        due = await store.beginTurn(conversation.id, clock.now());
        turn = due && this.#open(due);
        turn?.begin();
      } finally {
        declare();
      }
      if (due === undefined) return;
      const end = await this.#end(due, turn);
      const { more, nextDueAt } = await store.endTurn(conversation.id, due.message.ref, end, clock.now());
      dispatcher.wakeAt(nextDueAt);
      if (!more || stopping.aborted) return;
    }
  }

  /** `undefined` if the bot is not to run: a human holds the conversation, or the message takes the process down. */
  #open(due: DueTurn): Turn | undefined {
    const { channels, policyOf } = this.#tools.parts;
    const channel = channels.get(due.conversation.channel);
    if (channel === undefined || due.conversation.holder !== 'bot' || due.attempt > maxAttempts)
      return undefined;
    return new Turn(this.#tools, due, channel, policyOf(due.conversation));
  }

  async #end({ attempt, message, conversation }: DueTurn, turn: Turn | undefined): Promise<TurnEnd> {
    const { clock, log, channels, stopping } = this.#tools.parts;
    if (!channels.has(conversation.channel)) {
      return { how: 'retry', dueAt: clock.now() + channelOffRetryMs, counted: false };
    }
    // Counted before it runs: a message that takes the process down with it must not do so for ever.
    if (attempt > maxAttempts)
      return { how: 'dead', reason: `the turn was begun ${maxAttempts} times and never ended` };
    if (turn === undefined) return { how: 'done' };
    // A turn that a stop cut off has not ended, whatever the bot made of it: it is due again at the next start.
    const cutOff: TurnEnd = { how: 'retry', dueAt: clock.now(), counted: false };
    try {
      await this.#handler(turn);
      return turn.cutOff ? cutOff : { how: 'done' };
    } catch (error) {
      if (turn.cutOff || stopping.aborted) return cutOff;
      const final = attempt >= maxAttempts || (error instanceof ProviderError && !error.retryable);
      const fields = { conversation: conversation.id, message: message.ref, attempt, final };
      log.error({ ...fields, ...describeError(error) }, 'The turn failed');
      if (final)
        return { how: 'dead', reason: `the bot failed: ${error instanceof Error ? error.name : 'unknown'}` };
      return { how: 'retry', dueAt: clock.now() + firstRetryMs * 2 ** (attempt - 1), counted: true };
    } finally {
      await turn.end();
    }
  }
}
