/**
 * What is kept of the messages that went out, and of what their channels said of them. The words are those of
 * `domain.ts`; `LedgerStore` is the part of a store that works on it.
 *
 * @module
 */
import type {
  Acknowledgement,
  Conversation,
  OutboundContent,
  OutboundState,
  Refusal,
  ReportedLevel,
} from './domain.ts';
import type { Escalation } from './escalation.ts';

/** One way in which a message failed. A message may fail and still be delivered later: failures lower no level. */
export interface Failure {
  /** The provider's code. */
  readonly code: string;
  /** The provider's text; may hold personal data. */
  readonly detail?: string;
  /** When it was first reported, by the provider's time. */
  readonly at: number;
}

/**
 * Everything that acknowledgements have said of one message. It is a join: the same statuses give the same state in
 * any order, any number of times. What follows from it (the level, what is implied) is worked out by the fold.
 */
export interface LedgerState {
  /** The earliest time that was reported for each level; a level that was not reported is absent. */
  readonly at: Readonly<Partial<Record<ReportedLevel, number>>>;
  /** One for each code, earliest first. */
  readonly failures: readonly Failure[];
  /** The earliest time at which the message was taken back. */
  readonly revokedAt?: number;
  /** The provider's time of the customer's latest message in the conversation. */
  readonly repliedAt?: number;
  /** Words of the provider that we do not know: kept, and otherwise ignored. */
  readonly unknown: readonly string[];
}

/** Who sent a message: Bluetick, or somebody else who shares the number, such as Dynamics 365 beside a sidecar. */
export type Origin = 'own' | 'other';

/** The state of one message before and after something was folded into it. */
export interface LedgerMove {
  /** Our opaque id of the message. */
  readonly ref: string;
  readonly conversation: Conversation;
  readonly origin: Origin;
  /** When the provider took the message, by our clock; for another's, when we first heard of it. */
  readonly acceptedAt: number;
  readonly before: LedgerState;
  readonly after: LedgerState;
}

/** Why a status changed nothing although it was understood. */
export type QuarantineReason = 'business' | 'recipient';

/** One status that goes with an admission. */
export interface AcknowledgementEntry {
  readonly acknowledgement: Acknowledgement;
  /** Set where the connection does not serve the business that it names: it goes to the quarantine. */
  readonly foreign?: boolean;
}

/** What became of one status. */
export type Acknowledged =
  /** It changed the row. */
  | {
      readonly what: 'applied';
      readonly move: LedgerMove;
      /** Whose row was made by it: another sender's, or that of a message of ours whose call was never answered. */
      readonly made?: Origin;
      /** With a row of ours: as in the answer of `Store.changeOutbound`. */
      readonly waitingSince?: number;
    }
  /** The row held it already. */
  | { readonly what: 'repeat'; readonly state: LedgerState }
  /** Its message is not known yet: it is kept. */
  | { readonly what: 'orphan' }
  /** It names another business or another recipient than its message. */
  | { readonly what: 'quarantined'; readonly reason: QuarantineReason };

/** What the ledger is told with an admission. */
export interface LedgerBatch {
  readonly entries: readonly AcknowledgementEntry[];
  /**
   * Whether another sender shares the numbers. A status of an unknown message then makes a row of origin `other`, unless
   * one of our own is under way to the same customer.
   */
  readonly shared: boolean;
}

/** A message that went out, with everything that is known of it. */
export interface LedgerEntry {
  /** Our opaque id. */
  readonly ref: string;
  readonly conversation: Conversation;
  readonly origin: Origin;
  /** Absent for another's message, and for what has been erased. */
  readonly content: OutboundContent | undefined;
  readonly sending: OutboundState;
  /** The provider's id; absent until the provider has the message. */
  readonly providerId: string | undefined;
  readonly createdAt: number;
  /** When the provider took it, by our clock. */
  readonly acceptedAt: number | undefined;
  /** Why it was not sent: the provider's code or our reason. */
  readonly failure: string | undefined;
  /** The same where a provider refused it, with the provider's words. */
  readonly refusal: Refusal | undefined;
  /** Whether the customer may have it twice: a call ended without an answer and was made again. */
  readonly possiblyDoubled: boolean;
  /** The template that went out in the place of what was given, as the window was closed. */
  readonly insteadOf: OutboundContent | undefined;
  readonly state: LedgerState;
  readonly escalation: Escalation | undefined;
}
