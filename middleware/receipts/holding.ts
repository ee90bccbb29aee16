import type { AgentSource, Cause } from '../audit.ts';
import type { Conversation, HandoffState, Holder } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import type { HolderChange } from '../ports.ts';
import type { AgentSigns } from './agentSigns.ts';
import { leaseMs } from './dispatcher.ts';
import type { EngineParts } from './engineParts.ts';
import type { ReceiptReleaser } from './receiptReleaser.ts';

/**
 * Who brings about that a conversation changes hands: whoever tells what an agent did, a program over the API, or the time
 * that `handoff.takeBackAfterMs` gives agents.
 */
export type HandedBy = AgentSource | 'api' | 'time' | undefined;

/** Who holds a conversation from now on. */
export type HolderTarget = Omit<HolderChange, 'now' | 'leaseMs'>;

/** Who holds conversations: written down, told to whoever listens, shown to the customer, and told to the bot. */
export class Holding {
  /** Who has a conversation that no agent holds. */
  readonly home: Exclude<Holder, 'agent'>;
  readonly #parts: EngineParts;
  readonly #releaser: ReceiptReleaser;
  readonly #signs: AgentSigns;
  readonly #tellsBot: boolean;

  /** @param options.tellsBot whether a bot of ours runs here, that can be told in a turn */
  constructor(
    parts: EngineParts,
    { releaser, signs }: { releaser: ReceiptReleaser; signs: AgentSigns },
    { home, tellsBot }: { home: Exclude<Holder, 'agent'>; tellsBot: boolean },
  ) {
    this.#parts = parts;
    this.#releaser = releaser;
    this.#signs = signs;
    this.home = home;
    this.#tellsBot = tellsBot;
  }

  /** @throws BluetickError `unknown_conversation` */
  async find(id: string): Promise<Conversation> {
    const conversation = await this.#parts.store.conversation(id);
    if (conversation === undefined) throw unknownConversation();
    return conversation;
  }

  /**
   * Writes who holds the conversation.
   *
   * @throws BluetickError `unknown_conversation`
   */
  async change(before: Conversation, { tell, ...to }: HolderTarget): Promise<Conversation> {
    const { store, clock, dispatcher, changes } = this.#parts;
    const handed = await store.handOver(before.id, {
      ...to,
      ...(this.#tellsBot && tell !== undefined && { tell }),
      now: clock.now(),
      leaseMs: dispatcher.hasRoom() ? leaseMs : 0,
    });
    if (handed === undefined) throw unknownConversation();
    const { conversation, claims } = handed;
    changes.conversation(conversation);
    dispatcher.take(claims);
    dispatcher.wakeAt(to.lookAt);
    this.#signs.showAgent(before, conversation);
    return conversation;
  }

  /** The same where other rules hold for receipts then: they are decided anew, all that are open or the `held` ones. */
  async decide(
    before: Conversation,
    to: HolderTarget,
    cause: Cause,
    which: 'held' | 'open' = 'open',
  ): Promise<Conversation> {
    const changed = await this.change(before, to);
    await this.#releaser.decideAnew(changed, cause, which);
    return changed;
  }

  /** The bot is silent from now on: what it has said already and was to go out later does not. */
  async silenceBot(id: string): Promise<void> {
    const { signals, changes, store } = this.#parts;
    signals.emit(id, 'agent', undefined);
    changes.superseded(id, await store.dropReplies(id));
  }

  /** Nobody has it any more but who had it first, and what was handed over is forgotten. */
  atHome({ holder }: Conversation, state: HandoffState, by: HandedBy): HolderTarget {
    const isNews = holder !== this.home;
    return {
      holder: this.home,
      agent: null,
      assignedTo: null,
      handoff: null,
      ...(isNews && tell(state, by)),
    };
  }
}

/** The bot is told what it does not know: not what it did itself, nor what a hub has told it already. */
export function tell(state: HandoffState, by: HandedBy): Pick<HolderChange, 'tell'> | undefined {
  return by === 'bot' || by === 'hub' ? undefined : { tell: { state } };
}

function unknownConversation(): BluetickError {
  return new BluetickError('unknown_conversation', 'There is no such conversation');
}
