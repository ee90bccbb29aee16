import { describeError } from '../errors.ts';
import type { LedgerEvent, LedgerMove } from '../ledger.ts';
import type { Clock, Logger, Scheduler, Store } from '../ports.ts';
import type { AcceptedMessage, FigureOwner } from './figures/figureRecorder.ts';
import { Figures } from './figures/figures.ts';
import { eventsOf } from './ledgerEvents.ts';
import { type LedgerListener, LedgerListeners } from './listeners.ts';
import { StatusIntake } from './statusIntake.ts';

/** What a {@link Ledger} works with. */
export interface LedgerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** The addresses that a web hook goes to for everything that happens to a message. */
  readonly hooks: readonly string[];
}

/** Where everything that happens to our messages is reported: it is counted, and told to whoever listens. */
export class Ledger {
  /** The statuses of webhooks. */
  readonly statuses: StatusIntake;
  readonly figures: Figures;
  readonly #parts: LedgerParts;
  readonly #listeners: LedgerListeners;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    this.#listeners = new LedgerListeners(parts.log);
    this.figures = new Figures({ ...parts, onAlarm: alarm => void this.#raise(alarm) });
    this.statuses = new StatusIntake({ ...parts, ledger: this });
  }

  /** Calls `listener` with every event from now on; the answer takes it away. */
  subscribe(listener: LedgerListener): () => void {
    return this.#listeners.add(listener);
  }

  /** The provider has taken a message. To be called before {@link moved} of the same message. */
  accepted(message: AcceptedMessage): void {
    this.figures.recorder.accepted(message);
  }

  /** A message did not go out. */
  refused(of: FigureOwner, code: string): void {
    this.figures.recorder.refused(of, code, this.#parts.clock.now());
  }

  /** A message moved. */
  moved(move: LedgerMove): void {
    this.figures.recorder.moved(move);
    for (const event of eventsOf(move, this.#parts.clock.now())) this.#listeners.emit(event);
  }

  /** Something happened that is told already where web hooks go: an escalation's end. */
  tell(event: LedgerEvent): void {
    if (event.type === 'message.escalated') this.figures.recorder.escalated(event);
    this.#listeners.emit(event);
  }

  /** Takes up what earlier processes counted. */
  start(): void {
    this.figures.start();
  }

  /** Writes what was counted. */
  stop(): Promise<void> {
    return this.figures.stop();
  }

  /** An alarm belongs to no transaction: its web hooks are written by themselves. */
  async #raise(alarm: LedgerEvent): Promise<void> {
    const { store, hooks, log } = this.#parts;
    this.#listeners.emit(alarm);
    try {
      if (hooks.length > 0) await store.addHooks(alarm, hooks);
    } catch (error) {
      log.error({ type: alarm.type, ...describeError(error) }, 'The web hooks of an alarm could not be kept');
    }
  }
}
