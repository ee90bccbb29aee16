/**
 * What is admitted: all that a webhook brought, in one transaction, and what became of it.
 *
 * @module
 */
import type { ChannelName, Conversation, InboundMessage, Rejected } from './domain.ts';
import type { Acknowledged, LedgerBatch, LedgerMove } from './ledger.ts';
import type { Claim, Receipt, ReceiptDecision, ReceiptsAhead } from './records.ts';

/** One message to admit, with what was decided about it. */
export interface Admission {
  readonly message: InboundMessage;
  /** The state of the conversation that the decision was made on; `undefined`: that of a new one. */
  readonly decidedOn: Conversation | undefined;
  /** The receipt that we owe; `undefined`: none is owed. */
  readonly receipt: ReceiptDecision | undefined;
  /** Whether the receipt stands alone: it neither covers others nor is covered. */
  readonly solo: boolean;
  /** Whether a receipt that was sent before the message came may have covered it. Default yes, unless it stands alone. */
  readonly coveredLate?: boolean;
  /** Until when the provider takes the receipt. */
  readonly expiresAt: number | undefined;
  /** The length of the text, for delays that are worked out later. */
  readonly characters: number;
  /** Whether the bot takes a turn. */
  readonly turn: boolean;
}

/** What a webhook brought, to be written in one transaction. */
export interface AdmissionBatch {
  readonly admissions: readonly Admission[];
  readonly rejected: readonly (Rejected & { readonly channel: ChannelName })[];
  /** The statuses that it brought, if any. */
  readonly ledger?: LedgerBatch;
  /** Where a web hook goes for everything that happens to a message. Default nowhere. */
  readonly hooks?: readonly string[];
  /** Who holds a conversation that is seen for the first time: `bot`, or `queue` in a sidecar. */
  readonly firstHolder: Conversation['holder'];
  readonly now: number;
  /** How long work that is due at once is handed to the caller, in milliseconds; 0: it is not, for want of room. */
  readonly leaseMs: number;
}

/** What became of one admission. */
export interface Admitted {
  readonly status: 'admitted' | 'duplicate';
  /** Our opaque id of the message. */
  readonly ref: string;
  readonly conversation: Conversation;
  /**
   * The receipt as it was written: a hold before it, or a receipt sent after it, may have changed it. Absent for a
   * duplicate, and where none is owed.
   */
  readonly receipt?: ReceiptDecision;
  readonly ahead: ReceiptsAhead;
  /**
   * When the last reply of the conversation that is still to go out is due, in Unix milliseconds: what is said later goes
   * out behind it. Absent: none is to go out.
   */
  readonly repliesUntil?: number;
}

/** What {@link Store.admit} answers. */
export interface AdmissionResult {
  /**
   * The conversations whose state was not the one that was decided on. Where there is one, nothing of the
   * batch was written: decide again and call again.
   */
  readonly stale: readonly Conversation[];
  readonly admitted: readonly Admitted[];
  /** What became of each status, in order; absent where there was none. */
  readonly acknowledged?: readonly Acknowledged[];
  /** The messages of ours that the customers' messages show to have been read. */
  readonly implied?: readonly LedgerMove[];
  /** The receipts of earlier messages that the hold bar holds now, or has freed. */
  readonly moved: readonly (Receipt & { readonly conversation: string })[];
  /** Work that is due at once, claimed for the caller in the same transaction. */
  readonly claims: readonly Claim[];
  /** The earliest due time that was written for later. */
  readonly nextDueAt: number | undefined;
}
