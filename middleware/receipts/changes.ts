import type { Ledger } from '../acknowledgements/ledger.ts';
import type { ByAgent } from '../audit.ts';
import type {
  ChannelName,
  Conversation,
  ConversationState,
  CustomerTyping,
  InboundKind,
  OutboundContent,
} from '../domain.ts';
import { describeError } from '../errors.ts';
import type { LedgerEvent } from '../ledgerEvent.ts';
import { type Listener, Listeners } from '../listeners.ts';
import type { Clock, Logger, Outbound, Receipt, ReceiptChange, ReceiptDecision, Store } from '../ports.ts';
import type { AgentEvent } from './agentReports.ts';

/** A receipt as a change tells it: the decision, and when it ended if it has. */
export type ReceiptNews = ReceiptDecision & Pick<ReceiptChange, 'at' | 'refusal'>;

/**
 * Something that the engine did or heard, in one conversation. It is for this process: whoever passes it on leaves out what is
 * not everybody's, as the text of `content` and the provider's words in a refusal.
 */
export type ConversationChange = {
  /** When we learned of it, in Unix milliseconds. */
  readonly at: number;
  /** Our id of the conversation. */
  readonly conversation: string;
} & (
  | {
      /** The customer's message was admitted. */
      readonly type: 'message.received';
      readonly message: string;
      readonly kind: InboundKind;
      /** The provider's time of it. */
      readonly sentAt: number;
      /** The conversation as it is since, with its window. */
      readonly state: Conversation;
      /** The receipt that is owed. */
      readonly receipt?: ReceiptDecision;
    }
  | { readonly type: 'receipt.changed'; readonly message: string; readonly receipt: ReceiptNews }
  | {
      /** A message to the customer was written down: its call comes next, or later. */
      readonly type: 'message.added';
      readonly message: string;
      readonly content: OutboundContent;
    }
  | { /** The provider has it. */ readonly type: 'message.accepted'; readonly message: string }
  | {
      /** A reply of the bot that waited goes out no more: an agent took over, or the turn ran again and answers otherwise. */
      readonly type: 'message.superseded';
      readonly message: string;
    }
  | {
      /** Holder, agent, hand-off, workstream, policy or window. */
      readonly type: 'conversation.changed';
      readonly state: Conversation;
    }
  | { readonly type: 'typing'; readonly by: 'customer' | 'business'; readonly typing: boolean }
  | ({
      readonly type: 'agent';
      readonly event: AgentEvent;
      /** For `transferred`: whom to; absent: back to the queue. */
      readonly to?: string;
    } & ByAgent)
);

/** Something that changed: what the engine did or heard, or what happened to a message of ours. */
export type Change = ConversationChange | LedgerEvent;

/** Somebody in this process who is told of changes, in order. Nobody waits for a promise; a rejection is logged. */
export type ChangeListener = Listener<Change>;

/** What a {@link Changes} works with. */
interface ChangesParts {
  readonly store: Pick<Store, 'conversation' | 'changeConversation'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Pick<Ledger, 'subscribe'>;
}

type Bare<T> = T extends unknown ? Omit<T, 'at'> : never;

/**
 * Tells those in this process who want to know of everything that changes. It tells what is written already, it cannot fail,
 * and where nobody listens it costs the question whether somebody does: who tells asks {@link Changes.any} first.
 */
export class Changes {
  readonly #parts: ChangesParts;
  readonly #listeners: Listeners<Change>;
  #leaveLedger: (() => void) | undefined;

  constructor(parts: ChangesParts) {
    this.#parts = parts;
    this.#listeners = new Listeners(parts.log, 'A listener of changes failed', change => ({
      type: change.type,
      ...('conversation' in change && { conversation: change.conversation }),
    }));
  }

  /** Whether anybody listens. */
  get any(): boolean {
    return this.#listeners.any;
  }

  /** Calls `listener` with every change from now on; the answer takes it away. */
  add(listener: ChangeListener): () => void {
    const remove = this.#listeners.add(listener);
    // Only as long as somebody wants to know: the ledger makes no events for nobody either.
    this.#leaveLedger ??= this.#parts.ledger.subscribe(event => this.#listeners.emit(event));
    return () => {
      remove();
      if (this.any) return;
      this.#leaveLedger?.();
      this.#leaveLedger = undefined;
    };
  }

  tell(change: Bare<ConversationChange>): void {
    this.#listeners.emit({ ...change, at: this.#parts.clock.now() } as Change);
  }

  /**
   * Receipts have changed.
   *
   * @param changed the refs of those changes that really were made
   * @param moved the receipts that the hold bar moved after that
   */
  receipts(
    conversation: string,
    changes: readonly ReceiptChange[],
    { changed, moved }: { readonly changed: readonly string[]; readonly moved: readonly Receipt[] },
  ): void {
    if (!this.any) return;
    for (const receipt of [...changes.filter(({ ref }) => changed.includes(ref)), ...moved])
      this.tell({ type: 'receipt.changed', conversation, message: receipt.ref, receipt });
  }

  /** A message to the customer was written down. */
  added({ ref: message, conversation, content }: Outbound): void {
    if (this.any) this.tell({ type: 'message.added', conversation: conversation.id, message, content });
  }

  /** Replies that waited go out no more. */
  superseded(conversation: string, messages: readonly string[] = []): void {
    if (!this.any) return;
    for (const message of messages) this.tell({ type: 'message.superseded', conversation, message });
  }

  /** Changes what decisions about a conversation depend on, and tells it. */
  async changeConversation(
    id: string,
    change: { [K in keyof ConversationState]?: ConversationState[K] | null },
  ): Promise<Conversation | undefined> {
    const state = await this.#parts.store.changeConversation(id, change);
    if (state !== undefined) this.conversation(state);
    return state;
  }

  /** A conversation has changed. */
  conversation(state: Conversation): void {
    if (this.any) this.tell({ type: 'conversation.changed', conversation: state.id, state });
  }

  /** The window of a conversation may have been shut: whether it was, only the store knows. */
  async shut(conversation: string): Promise<void> {
    if (!this.any) return;
    await this.#look(conversation, state => this.conversation(state));
  }

  /** A customer writes, or has ceased to. */
  async customerTypes({ channel, business, customer, typing }: CustomerTyping): Promise<void> {
    if (!this.any) return;
    await this.#look({ channel, business, customer }, ({ id }) =>
      this.tell({ type: 'typing', conversation: id, by: 'customer', typing }),
    );
  }

  /** Nothing waits for this look, and nothing fails by it. */
  async #look(
    by: string | { readonly channel: ChannelName; readonly business: string; readonly customer: string },
    tell: (state: Conversation) => void,
  ): Promise<void> {
    try {
      const state = await this.#parts.store.conversation(by);
      if (state !== undefined) tell(state);
    } catch (error) {
      const fields = { ...(typeof by === 'string' && { conversation: by }), ...describeError(error) };
      this.#parts.log.warn(fields, 'A change could not be told: the store cannot be asked');
    }
  }
}
