/**
 * What a checker judges: what the customers wrote, what the stand-in for the provider saw and was answered, what the
 * host's API said, and what its file holds in the end. Plain data, so that a test can doctor it.
 *
 * @module
 */

/** A message that a customer wrote. */
export interface Written {
  readonly id: string;
  /** The webhook that it came in: messages of one webhook share it. */
  readonly webhook: number;
  /** What the host answered to each delivery of it, in order; 0 where it did not answer. */
  readonly answers: readonly number[];
  /** The words of each reply that is owed for it, in order. */
  readonly replies: readonly (readonly string[])[];
  /** Whether the customer is to see "read", or is not. */
  readonly receipt: 'read' | 'held';
  /** Whether the customer saw "read". */
  readonly blue: boolean;
  /** The receipt's outcome as the API told it. */
  readonly outcome: string | undefined;
}

/** A message of the business on the customer's phone. */
export interface Reply {
  readonly id: string;
  /** What ties it to its row in the file: a repeated call carries the same. */
  readonly correlation: string;
  readonly text: string;
}

/** A message that a program sent over the API, which was answered 202. */
export interface Sent {
  /** As the API named it. */
  readonly ref: string;
  readonly text: string;
  /** The calls to the provider of its escalation, and under how many keys; absent: it had none. */
  readonly escalation?: { readonly calls: number; readonly keys: number } | undefined;
}

/** A status that the provider told of a message, and how the host answered. */
export interface Status {
  /** The provider's id of the message. */
  readonly providerId: string;
  readonly level: 'sent' | 'delivered' | 'read';
  /** The provider's time, in Unix milliseconds. */
  readonly at: number;
  /** Whether it was answered 200, once or more. */
  readonly promised: boolean;
}

/** One customer's conversation, from outside. */
export interface Thread {
  /** The scenario and its seed. */
  readonly name: string;
  /** How often the host died while something of it was under way. */
  readonly kills: number;
  /** How many calls the provider answered with a fault, or not at all. */
  readonly faults: number;
  /** In the order in which they were written. */
  readonly written: readonly Written[];
  /** What programs sent to this customer. */
  readonly sent: readonly Sent[];
  /** In the order in which they came. */
  readonly replies: readonly Reply[];
  /** What the provider told of them. */
  readonly statuses: readonly Status[];
  /** The ids that the host asked to mark read, in the order of the calls. */
  readonly reads: readonly string[];
}

/** A row of an inbound message. */
export interface InboundRow {
  readonly messageId: string;
  readonly receipt: string | null;
  readonly turn: string | null;
}

/** A row of an outbound message. */
export interface OutboundRow {
  readonly pk: number;
  readonly correlation: string;
  /** The message that it answers. */
  readonly messageId: string | null;
  readonly state: string;
  /** How many calls ended without an answer: the mark of a doubled reply. */
  readonly interrupted: number;
  readonly providerId: string | null;
}

/** A row of the ledger. */
export interface LedgerRow {
  /** As in its outbound message. */
  readonly correlation: string;
  readonly level: number;
  readonly sent: number | null;
  readonly delivered: number | null;
  readonly read: number | null;
}

/** A row of an escalation. */
export interface EscalationRow {
  /** As in its outbound message. */
  readonly pk: number;
  readonly state: string;
  /** 1: its call may have been carried out more than once. */
  readonly doubled: number;
}

/** What must not be, as a watch in the database saw it happen. A file has none. */
export interface Sight {
  /** `fell`: a level of the ledger. `stolen`: an instance took what another that lives was at. `twice`: so of an escalation. */
  readonly rule: 'fell' | 'stolen' | 'twice';
  readonly what: string;
}

/** What the store holds when nothing is under way any more. */
export interface Kept {
  readonly inbound: readonly InboundRow[];
  readonly outbound: readonly OutboundRow[];
  readonly ledger: readonly LedgerRow[];
  readonly escalations: readonly EscalationRow[];
  readonly sights: readonly Sight[];
  /** Of each instance that died: after how long what it was at was due for others, while one lived, in seconds. */
  readonly takeovers: readonly number[];
  /** Lanes in which something is due, or that somebody is at work in. */
  readonly unrest: number;
  /** The dead letters' reasons. */
  readonly deadLetters: readonly string[];
}

/** Everything. */
export interface Evidence {
  readonly threads: readonly Thread[];
  readonly kept: Kept;
  /** Calls about messages that nobody wrote, or to customers who never wrote. */
  readonly strangers: number;
}
