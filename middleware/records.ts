/**
 * What the store holds and hands over: claims, receipts, turns, dead letters. The words are those of `domain.ts`; `Store` in
 * `ports.ts` works on them.
 *
 * @module
 */
import type { CallAnswer, Cause } from './audit.ts';
import type {
  ChannelName,
  Conversation,
  InboundContent,
  InboundKind,
  Moment,
  OutboundContent,
  ReceiptOutcome,
  Refusal,
} from './domain.ts';

/** What is owed: a receipt, a turn of the bot, an outbound message or an escalation that waits. One lane each a conversation. */
export const workKinds = ['turn', 'receipt', 'outbound', 'escalation'] as const;

/** See {@link workKinds}. */
export type WorkKind = (typeof workKinds)[number];

/** A piece of work that was handed to us: nobody else has it until its lease ends. */
export interface Claim {
  readonly kind: WorkKind;
  readonly conversation: Conversation;
}

/** What was decided about the receipt of a message. */
export interface ReceiptDecision {
  readonly outcome: ReceiptOutcome;
  /** For `held`: the moment that releases it; absent when only an earlier message that is held keeps it back. */
  readonly until?: Moment;
  /** For `scheduled`: when it is due. */
  readonly dueAt?: number;
  /** The rule that decided, for people. */
  readonly because: string;
}

/** A receipt as the store holds it. */
export interface Receipt extends ReceiptDecision {
  /** Our opaque id of the inbound message. */
  readonly ref: string;
  /** The provider's id of the inbound message. */
  readonly messageId: string | undefined;
  readonly sentAt: number;
  readonly admittedAt: number;
  readonly solo: boolean;
  readonly characters: number;
  readonly expiresAt: number | undefined;
  /** How many calls have been tried. */
  readonly attempts: number;
  /** When it ended. */
  readonly at: number | undefined;
  /** For `failed`, where it is listed or asked for by its message: why. */
  readonly refusal?: Refusal;
}

/** A change of an open receipt. It is left alone if it has ended meanwhile. */
export interface ReceiptChange extends ReceiptDecision {
  readonly ref: string;
  /** When it ended, for outcomes that end it. */
  readonly at?: number;
  /** The number of calls that have been tried; default: as it was. */
  readonly attempts?: number;
  /** Whether it is left alone also where somebody has held it meanwhile. Default no. */
  readonly onlyScheduled?: boolean;
  /** For `failed`: why. */
  readonly refusal?: Refusal;
  /** Who or what caused it, for the audit. Absent: nothing has happened that an audit tells, such as a call put off. */
  readonly cause?: Cause;
  /** What the provider answered, where a call was tried. */
  readonly answer?: CallAnswer;
}

/**
 * What the reply to a message may have to wait for: nothing where no receipt of the conversation is open; `own` where only
 * the message's is, scheduled and not tried yet. Everything else is `unknown`, and to be looked at when it matters.
 */
export type ReceiptsAhead =
  | { readonly what: 'nothing' | 'unknown' }
  | { readonly what: 'own'; readonly dueAt: number };

/** What {@link Store.changeReceipts} answers. */
export interface ReceiptsChanged {
  /** Whether any receipt of the conversation is open still. */
  readonly open: boolean;
  /** The refs whose receipts really changed. */
  readonly changed: readonly string[];
  /** The receipts that the hold bar holds now, or has freed: the changes moved it. Earliest message first. */
  readonly moved: readonly Receipt[];
  /** Whether the caller now has the conversation's receipts to send. */
  readonly claimed: boolean;
  /** When the conversation's next receipt is due. */
  readonly nextDueAt: number | undefined;
}

/** Whether typing may show on a channel where it marks messages read. */
export interface TypingState {
  /** Whether any receipt of the conversation is open. */
  readonly open: boolean;
  /** Our id of the newest message that is read already, and the provider's. */
  readonly lastRead:
    | { readonly ref: string; readonly messageId: string; readonly sentAt: number }
    | undefined;
}

/** A message as a turn of the bot gets it. */
export interface TurnMessage {
  readonly ref: string;
  readonly messageId: string | undefined;
  readonly kind: InboundKind;
  readonly content: InboundContent;
  readonly characters: number;
  readonly sentAt: number;
  readonly admittedAt: number;
}

/** A turn that is to run now. */
export interface DueTurn {
  readonly conversation: Conversation;
  readonly message: TurnMessage;
  /** 1 for the first try; more after a crash or an error. */
  readonly attempt: number;
  /** How often earlier runs of it have changed who holds the conversation. */
  readonly acts: number;
  /** Whether another message of the conversation waits for its turn. */
  readonly waiting: boolean;
  readonly ahead: ReceiptsAhead;
}

/** What an item of a bot's state holds. */
export interface StateContent {
  /** The item, as JSON. */
  readonly json: string;
  /** Changes with every write and never comes again: whoever wrote the item made it up. */
  readonly eTag: string;
}

/** An item of a bot's state. Its key may hold a customer's number: it is never logged. */
export interface StateItem extends StateContent {
  readonly key: string;
}

/** A change of an item of a bot's state. */
export interface StateChange {
  readonly key: string;
  /** What the item is from now on; absent: it is deleted. */
  readonly to?: StateContent;
  /** Where the item is there, it must still have this eTag; absent: whatever it has. */
  readonly expected?: string;
}

/** What {@link Store.writeState} answers. */
export interface StateWritten {
  /** The changes, by their place, whose item has another eTag than was expected. Where there is one, none was made. */
  readonly conflicts: readonly number[];
}

/** How a turn ended. */
export type TurnEnd =
  | {
      readonly how: 'done';
      /** What the turn wrote of the bot's state: it is there with `done` or not at all. */
      readonly state?: readonly StateChange[];
    }
  | {
      readonly how: 'retry';
      readonly dueAt: number;
      /** Whether the try counts: one that never reached the bot does not. */
      readonly counted: boolean;
    }
  | { readonly how: 'dead'; readonly reason: string };

/** What {@link Store.endTurn} answers. */
export interface TurnEnded {
  /** Whether another turn of the conversation is due, in which case the caller keeps the lane. */
  readonly more: boolean;
  readonly nextDueAt: number | undefined;
  /**
   * Whether bot state that the turn wrote was changed meanwhile by somebody else. Then nothing was written: the turn
   * has not ended, and the caller keeps the lane.
   */
  readonly conflict: boolean;
}

/** A letter that could not be delivered: kept for a human. */
export interface DeadLetter {
  readonly id: string;
  readonly at: number;
  readonly what: 'webhook-item' | 'turn' | 'outbound' | 'forward';
  readonly channel: ChannelName;
  readonly reason: string;
  /** What it holds: may be personal data, never logged. */
  readonly item: unknown;
}

/** The newest message of a conversation, for a list. */
export type LatestMessage = { readonly at: number } & (
  | { readonly side: 'customer'; readonly content: InboundContent | undefined }
  | { readonly side: 'business'; readonly content: OutboundContent | undefined }
);

/** A conversation as it is listed. */
export interface ConversationView extends Conversation {
  /**
   * Messages of the customer that no agent has seen yet, as far as they are counted (`unreadLimit`). Receipts have nothing
   * to do with it.
   */
  readonly unread: number;
  /** Its newest message, of either side. */
  readonly latest?: LatestMessage;
  /**
   * The provider's time of the oldest message of the customer's that came since our last message to them. Absent: they
   * wait for nothing.
   */
  readonly waitingSince?: number;
}

/** An inbound message with its receipt, as it is asked for by the provider's id. */
export interface MessageView {
  readonly ref: string;
  readonly conversation: Conversation;
  /** Absent where none is owed. */
  readonly receipt: Receipt | undefined;
}
