import type { Conversation } from '../../domain.ts';
import { describeError } from '../../errors.ts';
import type { LedgerMove } from '../../ledger.ts';
import type { LedgerEvent } from '../../ledgerEvent.ts';
import type { FigureCount, LedgerStore } from '../../ledgerStore.ts';
import type { Logger, Scheduler } from '../../ports.ts';
import { figuresOf } from './figuresOf.ts';
import { escalationPrefix, hourOf, refusedPrefix, type StatusCounter } from './names.ts';
import { binOf } from './sketch.ts';

/** How long figures wait in memory for others to be written with: a crash loses no more than these. */
const writeEveryMs = 1000;

/** How many first replies are remembered, so that their delivery makes the response time that the customer felt. */
const rememberedReplies = 10_000;

/** Whose figure it is. */
export type FigureOwner = Pick<Conversation, 'channel' | 'business'>;

/** A message of ours that the provider has taken. */
export interface AcceptedMessage {
  /** Our opaque id. */
  readonly ref: string;
  readonly conversation: FigureOwner;
  /** When the provider took it, by our clock: the `acceptedAt` of its ledger. */
  readonly at: number;
  /**
   * When the earliest of the customer's messages that it answers was admitted: those since the message of ours before it.
   * Absent where there are none.
   */
  readonly waitingSince?: number;
}

/** Who is told of every message that is accepted and of every move, beside the figures. */
export interface FigureWatcher {
  accepted(of: FigureOwner, at: number): void;
  /** @param figures what the move changed in the figures */
  moved(move: LedgerMove, figures: readonly FigureCount[]): void;
}

/**
 * Gathers the figures of what happens, and adds them to the store's about once a second while there are any: nobody who
 * reports something waits for it. What cannot be written stays, and goes with the next.
 */
export class FigureRecorder {
  readonly #store: Pick<LedgerStore, 'addFigures'>;
  readonly #scheduler: Scheduler;
  readonly #log: Logger;
  readonly #watcher: FigureWatcher;
  readonly #replies = new Map<string, number>();
  #counts = new Map<string, { -readonly [Field in keyof FigureCount]: FigureCount[Field] }>();
  #written: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  #stopped = false;

  constructor(parts: {
    store: Pick<LedgerStore, 'addFigures'>;
    scheduler: Scheduler;
    log: Logger;
    watcher: FigureWatcher;
  }) {
    this.#store = parts.store;
    this.#scheduler = parts.scheduler;
    this.#log = parts.log;
    this.#watcher = parts.watcher;
  }

  /** The provider has taken a message of ours. To be called before {@link moved} of the same message. */
  accepted({ ref, conversation, at, waitingSince }: AcceptedMessage): void {
    this.#count(conversation, at, 'accepted');
    this.#watcher.accepted(conversation, at);
    if (waitingSince === undefined) return;
    this.#count(conversation, at, 'replyWait', binOf(at - waitingSince));
    this.#replies.set(ref, waitingSince);
    if (this.#replies.size > rememberedReplies)
      this.#replies.delete(this.#replies.keys().next().value as string);
  }

  /** A message of ours, or another sender's, moved. */
  moved(move: LedgerMove): void {
    const figures = figuresOf(move, this.#replies.get(move.ref));
    for (const figure of figures) this.#add(figure);
    this.#watcher.moved(move, figures);
  }

  /** A message did not go out: the provider refused it for good, or we did. */
  refused(of: FigureOwner, code: string, at: number): void {
    this.#count(of, at, `${refusedPrefix}${code}`);
  }

  /** A receipt for a customer's message went out, with a call of its own or with that for a later message. */
  receiptSent(of: FigureOwner, admittedAt: number, at: number): void {
    this.#count(of, admittedAt, 'receiptWait', binOf(at - admittedAt));
  }

  /** An escalation ended. */
  escalated({ at, state, way, ...of }: Extract<LedgerEvent, { readonly type: 'message.escalated' }>): void {
    this.#count(of, at, `${escalationPrefix}${state}`);
    if (state === 'escalated' && way !== undefined) this.#count(of, at, `${escalationPrefix}${state}:${way}`);
  }

  /** A status changed no message. */
  counted(what: StatusCounter, of: FigureOwner, at: number): void {
    this.#count(of, at, what);
  }

  /** Resolves when the store has what was reported until now, or could not take it. */
  flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#written = this.#written.then(() => this.#write());
    return this.#written;
  }

  /** Writes what there is; from then on it is for the caller to {@link flush}. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.flush();
  }

  #count({ channel, business }: FigureOwner, at: number, name: string, bin = 0): void {
    this.#add({ channel, business, hour: hourOf(at), name, bin, count: 1 });
  }

  #add(figure: FigureCount): void {
    const { channel, business, hour, name, bin, count } = figure;
    const key = `${hour}\0${channel}\0${business}\0${name}\0${bin}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { ...figure });
    else known.count += count;
    if (this.#stopped || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#scheduler.after(writeEveryMs, () => void this.flush());
  }

  async #write(): Promise<void> {
    const counts = [...this.#counts.values()].filter(({ count }) => count !== 0);
    this.#counts = new Map();
    if (counts.length === 0) return;
    try {
      await this.#store.addFigures(counts);
    } catch (error) {
      this.#log.warn(describeError(error), 'Figures could not be written: they go with the next');
      for (const figure of counts) this.#add(figure);
    }
  }
}
