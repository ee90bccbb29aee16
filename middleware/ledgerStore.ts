/**
 * The part of a store that works on the ledger and what comes of it: escalations, web hooks, figures, listings.
 *
 * @module
 */
import type { Acknowledgement, ChannelName, Holder } from './domain.ts';
import type { Escalation, EscalationEnd } from './escalation.ts';
import type { Acknowledged, Failure, LedgerEntry, QuarantineReason } from './ledger.ts';
import type { LedgerEvent } from './ledgerEvent.ts';

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
  /** A turn, a message or a request to pass on is due again, or has been superseded since. */
  | { readonly what: 'turn' | 'outbound' | 'forward'; readonly revived: boolean }
  /** An item of a webhook is for its channel to read again; its letter is kept meanwhile. */
  | { readonly what: 'webhook-item'; readonly channel: ChannelName; readonly item: unknown };

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
   * call because too many waited for their address. One that is not ended is the caller's process's again when its lease is over, and
   * due for any other as soon as that process is gone.
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
  /** How many there are, for metrics: of each at most 10,000 are counted. */
  countLedger(receivedBefore: number): Promise<{
    readonly orphans: number;
    readonly unmatched: number;
    readonly quarantined: number;
    readonly deadLetters: number;
  }>;
}
