/**
 * What the engine needs from the outside: a channel to speak through, a store to remember in, a clock, timers
 * and a log. The engine knows these interfaces only; `bot/composition.ts` puts the real parts in.
 *
 * @module
 */
import type { AdmissionBatch, AdmissionResult } from './admissionRecords.ts';
import type { ReceiptStep } from './audit.ts';
import type { Address, Conversation, ConversationState, InboundMessage, ScopeKey } from './domain.ts';
import type { ForwardStore } from './forwardStore.ts';
import type { HandoffStore } from './handoffStore.ts';
import type { LedgerStore, PageQuery } from './ledgerStore.ts';
import type {
  Outbound,
  OutboundAdded,
  OutboundChange,
  OutboundChanged,
  OutboundRequest,
} from './outboundRecords.ts';
import type { PersonalDataStore } from './personalData.ts';
import type {
  Claim,
  ConversationView,
  DeadLetter,
  DueTurn,
  MessageView,
  Receipt,
  ReceiptChange,
  ReceiptsChanged,
  StateChange,
  StateItem,
  StateWritten,
  TurnEnd,
  TurnEnded,
  TypingState,
  WorkKind,
} from './records.ts';
import type { SharedFiles } from './sharedFiles.ts';
import type { Sharing } from './sharing.ts';
import type { ConversationQuery, PlacedPage, ThreadItem, ThreadQuery } from './thread.ts';

export type * from './admissionRecords.ts';
export * from './audit.ts';
export type * from './changeLog.ts';
export type * from './channelPort.ts';
export type * from './escalation.ts';
export type * from './forwardStore.ts';
export type * from './handoffStore.ts';
export type * from './ledger.ts';
export type * from './ledgerEvent.ts';
export type * from './ledgerStore.ts';
export type * from './outboundRecords.ts';
export type * from './personalData.ts';
export * from './records.ts';
export type * from './sharedFiles.ts';
export type * from './sharing.ts';
export * from './thread.ts';

/** Tells the time. */
export interface Clock {
  /** The time now, in Unix milliseconds: for what is kept, or told to others. It jumps where somebody sets it. */
  now(): number;
  /**
   * Milliseconds since any moment, by a clock that nobody can set: what is only waited for in memory (a pause, a breaker) is
   * measured by it, so that `now` may go back by hours and nobody waits for as long. Default: what `now` goes forward from
   * look to look.
   */
  readonly steady?: () => number;
}

/** Runs things later. What waits longer than a minute belongs in the store, not here. */
export interface Scheduler {
  /** Calls `task` once after `delayMs` milliseconds; the answer cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

/** Where the library tells what it does. `fields` never hold a phone number, a provider's id or a text. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** Whether lines of a level are kept, as pino says it. Default they all are: where they are not, none is put together. */
  isLevelEnabled?(level: 'debug' | 'info' | 'warn' | 'error'): boolean;
}

/**
 * Remembers everything that was answered 2xx. Each call is atomic and durable when it resolves, and calls made
 * in the same turn of the event loop share one commit. Rejects with `store_unavailable` when it cannot keep
 * that promise. One suite, `tests/contract/store.ts`, runs against every implementation.
 */
export interface Store extends LedgerStore, ForwardStore, HandoffStore, PersonalDataStore {
  /** What the processes that share the store do together; absent: this one has it to itself. */
  readonly sharing?: Sharing;
  /** Files that each of those processes can hand out; absent: a folder of this machine is enough. */
  readonly files?: SharedFiles;
  /** Writes messages, the receipts and turns that they owe, and their windows. */
  admit(batch: AdmissionBatch): Promise<AdmissionResult>;
  /**
   * Takes what is due, earliest first, as much of each kind as there is room for, and says when to look again for
   * the kinds that had room. What a dead worker held is due again.
   */
  claimDue(
    now: number,
    room: Readonly<Record<WorkKind, number>>,
    leaseMs: number,
  ): Promise<{ readonly claims: readonly Claim[]; readonly nextDueAt: number | undefined }>;

  /** The receipts of a conversation that are scheduled, now or for later, or have expired; earliest message first. */
  dueReceipts(conversation: string, now: number): Promise<readonly Receipt[]>;
  /** The open receipts of a message and of those before it, or of all; earliest message first. */
  openReceipts(conversation: string, upTo?: string): Promise<readonly Receipt[]>;
  /** Changes open receipts. `end` gives the lane back; otherwise it is claimed if something is due and it is free. */
  changeReceipts(
    conversation: string,
    changes: readonly ReceiptChange[],
    options: { readonly now: number; readonly leaseMs: number; readonly end: boolean },
  ): Promise<ReceiptsChanged>;
  /** Whether, and for which message, typing may show. */
  typingState(conversation: string): Promise<TypingState>;
  /** All receipts of a conversation, newest message first. */
  listReceipts(conversation: string, limit: number): Promise<readonly Receipt[]>;
  /**
   * How the receipts of a conversation, or of one message by our id, came to be what they are: newest message first, and
   * of each its latest step first. What has no receipt has no steps.
   */
  audit(
    of: { readonly conversation: string } | { readonly message: string },
    page: PageQuery,
  ): Promise<readonly ReceiptStep[]>;

  /**
   * The conversation's next turn, counted as begun; `undefined`, and the lane given back, if there is none. Where another process
   * has the lane there is none either.
   */
  beginTurn(conversation: string, now: number): Promise<DueTurn | undefined>;
  /**
   * Ends a turn, once: one that has ended already stays as it ended. The bot state that it wrote is written with it. Nothing happens
   * where another process has taken over the lane: the turn is that one's to run again.
   */
  endTurn(conversation: string, ref: string, end: TurnEnd, now: number): Promise<TurnEnded>;

  /** The items of a bot's state that there are under these keys. */
  readState(keys: readonly string[]): Promise<readonly StateItem[]>;
  /** Changes a bot's state: everything, or nothing where an item is not what the caller took it for. */
  writeState(changes: readonly StateChange[]): Promise<StateWritten>;

  /** Writes an outbound message, or finds the one that an earlier run of the same turn wrote, or that its key stands for. */
  addOutbound(request: OutboundRequest): Promise<OutboundAdded>;
  /** The message that the key of a request stands for, if any: what {@link addOutbound} would find. */
  repeatedOutbound(
    request: Pick<OutboundRequest, 'conversation' | 'content' | 'escalate' | 'idempotencyKey'>,
  ): Promise<OutboundAdded | undefined>;
  /** The conversation's next outbound message, marked as being sent; `undefined`, and the lane given back, if none is due. */
  nextOutbound(conversation: string, now: number): Promise<Outbound | undefined>;
  /** Records what became of a call. */
  changeOutbound(ref: string, change: OutboundChange, now: number): Promise<OutboundChanged>;
  /** Gives up a bot's replies that wait to be sent, because an agent has taken the conversation; answers which. */
  dropReplies(conversation: string): Promise<readonly string[]>;
  /** An outbound message by our id. */
  outbound(ref: string): Promise<Outbound | undefined>;

  /** A conversation by its id, or by its address. */
  conversation(by: string | Address): Promise<Conversation | undefined>;
  /** A conversation by its id, with what agents have not seen of it. */
  conversationView(id: string): Promise<ConversationView | undefined>;
  /** Conversations, the one with the latest message first. A page that a filter has thinned out may have few, and a `next`. */
  listConversations(query: ConversationQuery): Promise<PlacedPage<ConversationView>>;
  /** The messages of a conversation, of both sides, newest first: by when we had them, and of two at once ours. */
  thread(conversation: string, query: ThreadQuery): Promise<PlacedPage<ThreadItem>>;
  /** One message as it stands in its thread, by our id. */
  threadItem(ref: string): Promise<ThreadItem | undefined>;
  /** An agent has seen the conversation as it is now. */
  markSeen(conversation: string): Promise<void>;
  /** A message by the provider's id. */
  message(of: Pick<InboundMessage, 'channel' | 'business' | 'key'>): Promise<MessageView | undefined>;
  /** Changes what decisions depend on; `null` takes a setting away. Who holds it, {@link HandoffStore.handOver} changes. */
  changeConversation(
    id: string,
    change: { [K in keyof ConversationState]?: ConversationState[K] | null },
  ): Promise<Conversation | undefined>;
  /** The policies that were put over the file's. */
  policies(): Promise<readonly { readonly key: ScopeKey; readonly document: unknown }[]>;
  /** Keeps a policy; `undefined` takes it away. */
  putPolicy(key: ScopeKey, document: unknown): Promise<void>;
  /** Dead letters, newest first; `before` is the id of the last one of the page before. */
  deadLetters(limit: number, before?: string): Promise<readonly DeadLetter[]>;
  /** Writes something, to see whether it can be. */
  ping(now: number): Promise<void>;
  /** Commits what is under way and closes the files or connections. */
  close(): Promise<void>;
}
