/**
 * What is kept of the messages that went out, and of what their channels said of them. The words are those of
 * `domain.ts`; `LedgerStore` is the part of a store that works on them.
 *
 * @module
 */
import type {
  Acknowledgement,
  ChannelName,
  Conversation,
  Holder,
  OutboundContent,
  OutboundState,
  ReportedLevel,
} from './domain.ts';

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
  /** Whether the customer may have it twice: a call ended without an answer and was made again. */
  readonly possiblyDoubled: boolean;
  /** The template that went out in the place of what was given, as the window was closed. */
  readonly insteadOf: OutboundContent | undefined;
  readonly state: LedgerState;
  readonly escalation: Escalation | undefined;
}

/* --------------------------------------------------------------- escalation */

/** One way out for a message that does not arrive. */
export type EscalationWay =
  /** A text message. */
  | { readonly type: 'sms'; readonly to?: string; readonly text?: string }
  /** A call that reads the text aloud. */
  | { readonly type: 'voice'; readonly to?: string; readonly text?: string; readonly language?: string }
  /** A signed web hook, to an address of the allow-list. */
  | { readonly type: 'hook'; readonly url: string };

/** What is to happen to a message that does not arrive. */
export interface EscalationRule {
  /** The level that makes it needless, real or implied. */
  readonly unless: 'delivered' | 'read';
  /** How long after it was handed over, in milliseconds. */
  readonly afterMs: number;
  /** The ways, in order: the first that works ends it. */
  readonly via: readonly EscalationWay[];
}

/** What became of one way of an escalation. */
export interface EscalationTry {
  readonly way: EscalationWay['type'];
  readonly at: number;
  /** The id that the way's provider gave. */
  readonly id?: string;
  /** Why it failed, as a code. */
  readonly failure?: string;
}

/**
 * Where an escalation stands. `waiting`: for its time. `claimed`: a worker is at it. `escalated`: one of its ways
 * worked. `cancelled`: the message arrived in time. `failed`: none of its ways worked.
 */
export type EscalationState = 'waiting' | 'claimed' | 'escalated' | 'cancelled' | 'failed';

/** The escalation of a message. */
export interface Escalation extends EscalationRule {
  readonly state: EscalationState;
  /** When its time is, or was. */
  readonly dueAt: number;
  /** What the ids of its calls are made from: they are the same when a dead worker's claim is taken over. */
  readonly key: string;
  /**
   * Whether a worker died between claim and answer, or a call ended without an answer and another one followed: the
   * customer may have been reached twice.
   */
  readonly possiblyDoubled: boolean;
  readonly tries: readonly EscalationTry[];
}

/** An escalation that is due, or that is ours to carry out, with its message. */
export interface ClaimedEscalation extends Escalation {
  readonly entry: LedgerEntry;
}

/** What {@link LedgerStore.dueEscalation} answers. */
export interface EscalationsDue {
  readonly escalation: ClaimedEscalation | undefined;
  /** What listeners are told of those that were cancelled. */
  readonly cancelled: readonly LedgerEvent[];
  /** When the next one of the conversation is due, where none is now. */
  readonly nextDueAt: number | undefined;
}

/** What {@link LedgerStore.claimEscalation} answers: neither, where somebody else has it. */
export interface EscalationClaimed {
  readonly escalation?: ClaimedEscalation;
  /** What listeners are told, where it was cancelled. */
  readonly event?: LedgerEvent;
}

/** How a claimed escalation ended. */
export interface EscalationEnd {
  readonly state: 'escalated' | 'failed';
  readonly tries: readonly EscalationTry[];
  /** Whether a call ended without an answer and another one was made after it. */
  readonly possiblyDoubled: boolean;
}

/* ------------------------------------------------------------------- events */

/**
 * Something happened to a message: what listeners and web hooks are told. Never a text, a provider's message id or who the
 * customer is. `business` is the channel's own id of the business, which on some channels is a phone number.
 */
export type LedgerEvent = {
  /** When we learned of it, in Unix milliseconds. */
  readonly at: number;
  readonly channel: ChannelName;
  readonly business: string;
} & (
  | {
      /** The message moved up, or an implied level became real. */
      readonly type: 'message.level';
      readonly message: string;
      readonly conversation: string;
      /** The level that was reached or became real. */
      readonly level: ReportedLevel;
      /** Whether nobody reported it: it follows from a later level, or from the customer's answer. */
      readonly implied: boolean;
      /** The provider's time, where it was reported. */
      readonly reportedAt?: number;
      /** Whether the message had been taken back by then. */
      readonly afterRevocation?: true;
    }
  | {
      readonly type: 'message.failed';
      readonly message: string;
      readonly conversation: string;
      readonly code: string;
    }
  | { readonly type: 'message.revoked'; readonly message: string; readonly conversation: string }
  | {
      readonly type: 'message.escalated';
      readonly message: string;
      readonly conversation: string;
      readonly state: Exclude<EscalationState, 'waiting' | 'claimed'>;
      readonly way?: EscalationWay['type'];
      readonly possiblyDoubled: boolean;
    }
  | {
      /** Messages of a business take longer to be delivered than they used to, or do no longer. */
      readonly type: 'alarm.velocity';
      readonly raised: boolean;
      /** The median of sent → delivered lately, and the one that it is compared with, in milliseconds. */
      readonly recentMs: number;
      readonly baselineMs: number;
    }
);

/** A web hook that has to go out. */
export interface HookDelivery {
  /** Its id: the same at every try (`webhook-id` of Standard Webhooks). */
  readonly id: string;
  readonly url: string;
  readonly event: LedgerEvent;
  readonly createdAt: number;
  /** Tries that failed so far. */
  readonly attempts: number;
}

/* ------------------------------------------------------------------ figures */

/** How many values fell into one bin of one figure in one hour. A counter has one bin, 0. */
export interface FigureCount {
  readonly channel: ChannelName;
  readonly business: string;
  /** The hour that it belongs to: Unix milliseconds of its beginning. */
  readonly hour: number;
  /** Which figure. */
  readonly name: string;
  readonly bin: number;
  /** How many more, or fewer. */
  readonly count: number;
}

/** Which figures are asked for. Absent: all. */
export interface FigureQuery {
  readonly channel?: ChannelName;
  readonly business?: string;
  /** The first hour, and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
  /** Whether the hours are told apart; otherwise each answer's hour is `from`. */
  readonly byHour?: boolean;
}

/** How many messages of one business are stuck. */
export interface StuckCount {
  readonly channel: ChannelName;
  readonly business: string;
  readonly count: number;
}

/* ----------------------------------------------------------------- listings */

/** Which page of a listing, newest first. */
export interface PageQuery {
  readonly limit: number;
  /** The id of the last one of the page before. */
  readonly before?: string;
}

/** A failure, as it is listed. */
export interface FailureView extends Failure {
  readonly id: string;
  readonly message: string;
  readonly conversation: string;
  readonly channel: ChannelName;
}

/** A status whose message is not known, as it is listed. */
export interface OrphanView {
  readonly id: string;
  readonly receivedAt: number;
  readonly acknowledgement: Acknowledgement;
}

/** A status that was set aside because it does not belong to its message, as it is listed. */
export interface QuarantineView extends OrphanView {
  readonly reason: QuarantineReason;
}

/** What became of something that was set aside, when it was tried again. */
export type Replayed =
  | { readonly what: 'status'; readonly acknowledged: Acknowledged }
  /** A turn or a message is due again, or has been superseded since. */
  | { readonly what: 'turn' | 'outbound'; readonly revived: boolean }
  /** An item of a webhook is for its channel to read again; its letter is kept meanwhile. */
  | { readonly what: 'webhook-item'; readonly channel: ChannelName; readonly item: unknown };

/* -------------------------------------------------------------------- store */

/** What the ledger needs from a store, beside what `Store.admit` does. See `Store` for what each call promises. */
export interface LedgerStore {
  /** A message that went out, by our id or by the provider's. */
  ledgerEntry(
    by: { readonly ref: string } | { readonly channel: ChannelName; readonly providerId: string },
  ): Promise<LedgerEntry | undefined>;
  /** The messages that went out in a conversation, newest first; `before` is the ref of the last one of the page before. */
  listLedger(conversation: string, page: PageQuery): Promise<readonly LedgerEntry[]>;
  /**
   * The provider says that the window is closed although the customer wrote at `at`, or before: it counts as closed until
   * the customer's next message. One that was sent after `at` has opened it again already.
   */
  shutWindow(conversation: string, at: number): Promise<void>;

  /**
   * Looks at the escalations of a conversation: those whose messages have arrived are cancelled, and of the others the
   * earliest that is due is answered, not claimed yet. Where none is due, the lane is given back.
   *
   * @param hooks where a web hook goes for each that is cancelled
   */
  dueEscalation(conversation: string, hooks: readonly string[], now: number): Promise<EscalationsDue>;
  /**
   * Takes a due escalation for the caller, until `now + leaseMs`: nobody else gets it before, however many ask. Where
   * the message has arrived meanwhile it is cancelled instead.
   */
  claimEscalation(
    ref: string,
    hooks: readonly string[],
    now: number,
    leaseMs: number,
  ): Promise<EscalationClaimed>;
  /**
   * Gives a claimed escalation back, with the lane: nothing was done that the customer may have been reached by, so it
   * waits again, due now.
   *
   * @param until the end of the claim: one that somebody else has by now is left alone
   */
  returnEscalation(ref: string, until: number, now: number): Promise<void>;
  /**
   * Records how a claimed escalation ended, and gives the lane back. Of two ends of one escalation, where a claim was
   * taken over, a success stands.
   */
  endEscalation(
    ref: string,
    end: EscalationEnd,
    hooks: readonly string[],
    now: number,
  ): Promise<{ readonly event: LedgerEvent | undefined; readonly nextDueAt: number | undefined }>;

  /** Keeps web hooks that have to go out. Of those for one address at most some 100,000: the oldest are dropped then. */
  addHooks(event: LedgerEvent, urls: readonly string[]): Promise<void>;
  /**
   * Takes web hooks that are due, earliest first, and says when the next one is, and how many were dropped since the last
   * call because too many waited for their address. One that is not ended is due again when its lease is over.
   *
   * @param except addresses that nothing is taken for, nor looked for; default none
   */
  claimHooks(
    now: number,
    limit: number,
    leaseMs: number,
    except?: readonly string[],
  ): Promise<{
    readonly hooks: readonly HookDelivery[];
    readonly nextDueAt: number | undefined;
    readonly dropped: number;
  }>;
  /**
   * Records what became of a web hook: a try failed, and the next one is due at `retryAt`; or, `undefined`, it arrived or
   * is given up.
   */
  endHook(id: string, retryAt: number | undefined): Promise<void>;
  /** How many web hooks have to go out, for metrics. */
  countHooks(): Promise<number>;

  /** Adds to figures. */
  addFigures(counts: readonly FigureCount[]): Promise<void>;
  /** The figures of a time, added up by channel, business, name, bin, and by hour if asked. */
  figures(query: FigureQuery): Promise<readonly FigureCount[]>;
  /**
   * How many messages were accepted in a time and neither delivered nor failed since, by business.
   *
   * @param query `lookAt`: how many of the latest that have not arrived are looked at. What it costs is bounded by it.
   * @returns `more`: there are others, that were not looked at
   */
  stuck(query: {
    readonly from: number;
    readonly to: number;
    readonly lookAt: number;
  }): Promise<{ readonly counts: readonly StuckCount[]; readonly more: boolean }>;

  listFailures(page: PageQuery): Promise<readonly FailureView[]>;
  /** Statuses whose message is not known, of those that came before `receivedBefore`. */
  listOrphans(page: PageQuery & { readonly receivedBefore: number }): Promise<readonly OrphanView[]>;
  listQuarantine(page: PageQuery): Promise<readonly QuarantineView[]>;
  /** Tries again what was set aside under this id; `undefined` if there is nothing. */
  replay(
    id: string,
    batch: {
      readonly shared: boolean;
      readonly firstHolder: Holder;
      readonly hooks: readonly string[];
      /** The businesses that are served here: another's status goes back to the quarantine. */
      readonly businesses: Readonly<Partial<Record<ChannelName, readonly string[]>>>;
      readonly now: number;
    },
  ): Promise<Replayed | undefined>;
  /** Takes a dead letter away, as it has been dealt with. */
  dropLetter(id: string): Promise<void>;
  /** How many there are, for metrics. */
  countLedger(receivedBefore: number): Promise<{
    readonly orphans: number;
    readonly unmatched: number;
    readonly quarantined: number;
    readonly deadLetters: number;
  }>;
}
