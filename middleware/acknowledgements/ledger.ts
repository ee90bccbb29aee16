import { asBluetickError, describeError } from '../errors.ts';
import type { LedgerMove } from '../ledger.ts';
import type { LedgerEvent } from '../ledgerEvent.ts';
import type { Clock, Logger, Scheduler, Store } from '../ports.ts';
import type { Meters } from '../telemetry/meters.ts';
import { pause } from '../timing/pause.ts';
import { eventsOf } from './eventsOf.ts';
import type { AcceptedMessage, FigureOwner } from './figures/figureRecorder.ts';
import { Figures } from './figures/figures.ts';
import type { StatusCounter } from './figures/names.ts';
import { LedgerMeasure } from './ledgerMeasure.ts';
import { type LedgerListener, LedgerListeners } from './listeners.ts';
import { type AppliedStatus, StatusIntake, type StatusListener } from './statusIntake.ts';

/** How soon a store that could not keep an alarm's web hooks is asked again. */
const keepRetryMs = 1000;

/** What a {@link Ledger} works with. */
export interface LedgerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** The addresses that a web hook goes to for everything that happens to a message. */
  readonly hooks: readonly string[];
  /** Where it is counted too. */
  readonly meters: Pick<Meters, 'add' | 'record'>;
}

/** Where everything that happens to our messages is reported: it is counted, and told to whoever listens. */
export class Ledger implements StatusListener {
  /** The statuses of webhooks. */
  readonly statuses: StatusIntake;
  readonly figures: Figures;
  readonly #parts: LedgerParts;
  readonly #measure: LedgerMeasure;
  readonly #listeners: LedgerListeners;
  readonly #stopping = new AbortController();
  /** One alarm after the other: that it is over is not told before it. */
  #raised: Promise<void> = Promise.resolve();

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    this.#measure = new LedgerMeasure(parts.meters);
    this.#listeners = new LedgerListeners(parts.log);
    this.figures = new Figures({ ...parts, onAlarm: alarm => this.#raise(alarm) });
    this.statuses = new StatusIntake(this, parts.log);
  }

  /** Calls `listener` with every event from now on; the answer takes it away. */
  subscribe(listener: LedgerListener): () => void {
    return this.#listeners.add(listener);
  }

  /** The provider has taken a message. To be called before {@link moved} of the same message. */
  accepted(message: AcceptedMessage): void {
    this.figures.recorder.accepted(message);
    this.#measure.accepted(message);
  }

  /** A status moved a message. It may have been the first to tell that the provider has it. */
  applied({ move, made, waitingSince }: AppliedStatus): void {
    const { ref, conversation, acceptedAt: at } = move;
    if (made === 'own')
      this.accepted({ ref, conversation, at, ...(waitingSince !== undefined && { waitingSince }) });
    this.moved(move);
  }

  /** A message moved. */
  moved(move: LedgerMove): void {
    this.figures.recorder.moved(move);
    this.#measure.moved(move);
    if (!this.#listeners.any) return;
    for (const event of eventsOf(move, this.#parts.clock.now())) this.#listeners.emit(event);
  }

  /** A status moved nothing. */
  counted(what: StatusCounter, of: FigureOwner): void {
    this.figures.recorder.counted(what, of, this.#parts.clock.now());
    this.#measure.counted(what, of);
  }

  /** A receipt went out for a message that was admitted then. */
  receiptSent(of: FigureOwner, admittedAt: number, at: number): void {
    this.figures.recorder.receiptSent(of, admittedAt, at);
    this.#measure.receiptSent(of, admittedAt, at);
  }

  /** A message did not go out, or an escalation has ended: its web hooks are written already. */
  tell(event: LedgerEvent): void {
    const { recorder } = this.figures;
    if (event.type === 'message.escalated') recorder.escalated(event);
    if (event.type === 'message.failed') recorder.refused(event, event.code, event.at);
    this.#measure.ended(event);
    this.#listeners.emit(event);
  }

  /** Takes up what earlier processes counted. */
  start(): void {
    this.figures.start();
  }

  /** Writes what was counted, and what is told of an alarm. */
  async stop(): Promise<void> {
    await this.figures.stop();
    this.#stopping.abort();
    await this.#raised;
  }

  /** An alarm belongs to no transaction: its web hooks are written by themselves, before anybody is told. */
  #raise(alarm: LedgerEvent): void {
    this.#raised = this.#raised.then(async () => {
      if (this.#parts.hooks.length > 0) await this.#keepHooks(alarm);
      this.#listeners.emit(alarm);
    });
  }

  /** Keeps at it while the store is away, until we stop. */
  async #keepHooks(alarm: LedgerEvent): Promise<void> {
    const { store, hooks, scheduler, log } = this.#parts;
    const { signal } = this.#stopping;
    for (;;) {
      try {
        return await store.addHooks(alarm, hooks);
      } catch (error) {
        const fields = { type: alarm.type, ...describeError(error) };
        if (signal.aborted || asBluetickError(error).code !== 'store_unavailable')
          return log.error(fields, 'The web hooks of an alarm could not be kept');
        log.warn(fields, 'The web hooks of an alarm are not kept yet');
        // A stop asks once more, at once.
        await pause(scheduler, keepRetryMs, { signal }).catch(() => {});
      }
    }
  }
}
