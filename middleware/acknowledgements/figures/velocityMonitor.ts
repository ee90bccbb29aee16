import { describeError } from '../../errors.ts';
import type { LedgerMove, LedgerState } from '../../ledger.ts';
import type { LedgerEvent } from '../../ledgerEvent.ts';
import type { FigureCount, LedgerStore } from '../../ledgerStore.ts';
import type { Clock, Logger, Scheduler } from '../../ports.ts';
import { levelOf, rankOf } from '../fold.ts';
import type { FigureOwner, FigureWatcher } from './figureRecorder.ts';
import { hourMs, hourOf } from './names.ts';
import { isSlow, Pace, type Speed } from './pace.ts';

/** How often deliveries are looked at, while there are any. */
const checkEveryMs = 60_000;

/** An alarm: see `LedgerEvent`. */
export type VelocityAlarm = Extract<LedgerEvent, { readonly type: 'alarm.velocity' }>;

/** How fast messages of a business are delivered, and whether that is an alarm. */
export interface Velocity extends Speed, FigureOwner {
  readonly slow: boolean;
}

/**
 * Watches how long messages of each business take from sent to delivered, and tells when it becomes slow and when it is
 * well again, once each. `docs/insights.md` has the rule. Its memory grows with the number of businesses only.
 */
export class VelocityMonitor implements FigureWatcher {
  readonly #store: Pick<LedgerStore, 'figures'>;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #log: Logger;
  readonly #onAlarm: (alarm: VelocityAlarm) => void;
  readonly #paces = new Map<string, FigureOwner & { readonly pace: Pace }>();
  #loaded: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  #stopped = false;

  constructor(parts: {
    store: Pick<LedgerStore, 'figures'>;
    clock: Clock;
    scheduler: Scheduler;
    log: Logger;
    /** Called when deliveries of a business have become slow, and when they are well again. */
    onAlarm: (alarm: VelocityAlarm) => void;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#scheduler = parts.scheduler;
    this.#log = parts.log;
    this.#onAlarm = parts.onAlarm;
  }

  /** Takes up what earlier processes counted. Without it, there is less to compare with at first. */
  start(): void {
    this.#loaded = this.#load();
  }

  accepted(of: FigureOwner, at: number): void {
    this.#paceOf(of).accepted(at);
    this.#arm();
  }

  moved(
    { conversation, origin, acceptedAt, before, after }: LedgerMove,
    figures: readonly FigureCount[],
  ): void {
    if (origin !== 'own') return;
    const pace = this.#paceOf(conversation);
    if (isSettled(after) && !isSettled(before)) pace.settled(acceptedAt);
    // Of a time that was only corrected, and so was counted before, the old bin comes first.
    const delivery = figures.find(({ name }) => name === 'delivery');
    if (delivery !== undefined && delivery.count > 0) pace.delivered(delivery.bin, this.#clock.now());
    if (pace.isActive) this.#arm();
  }

  /** How fast each business is now, of those of which anything is known. */
  velocities(): readonly Velocity[] {
    const now = this.#clock.now();
    return [...this.#paces.values()].flatMap(({ channel, business, pace }) => {
      const speed = pace.measure(now);
      return pace.isEmpty ? [] : [{ channel, business, slow: pace.slow, ...speed }];
    });
  }

  /** Resolves when nothing of it goes on. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    return this.#loaded;
  }

  async #load(): Promise<void> {
    const from = hourOf(this.#clock.now()) - 24 * hourMs;
    try {
      const query = { from, to: from + 25 * hourMs, names: ['delivery'], byHour: true };
      for (const figure of await this.#store.figures(query))
        this.#paceOf(figure).remember(figure.hour, figure);
    } catch (error) {
      this.#log.warn(describeError(error), 'The figures of the last day could not be read');
    }
  }

  #paceOf({ channel, business }: FigureOwner): Pace {
    const key = `${channel}\0${business}`;
    const known = this.#paces.get(key);
    if (known !== undefined) return known.pace;
    const pace = new Pace();
    this.#paces.set(key, { channel, business, pace });
    return pace;
  }

  /** There is a timer only while something is recent: otherwise nothing can have changed. */
  #arm(): void {
    if (this.#stopped || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#scheduler.after(checkEveryMs, () => {
      this.#cancelTimer = undefined;
      this.#check();
    });
  }

  #check(): void {
    const at = this.#clock.now();
    let active = false;
    for (const [key, { channel, business, pace }] of this.#paces) {
      const speed = pace.measure(at);
      const { recentMs, baselineMs } = speed;
      const raised = isSlow(speed, pace.slow);
      if (raised !== pace.slow && recentMs !== null) {
        pace.slow = raised;
        // Not the business: on some channels it is a phone number.
        const fields = { channel, recentMs, baselineMs };
        this.#log.warn(fields, raised ? 'Deliveries have become slow' : 'Deliveries are no longer slow');
        this.#onAlarm({ at, channel, business, type: 'alarm.velocity', raised, recentMs, baselineMs });
      }
      if (pace.isEmpty) this.#paces.delete(key);
      active ||= pace.isActive;
    }
    if (active) this.#arm();
  }
}

/** Whether nobody waits for the message to be delivered any more. */
function isSettled(state: LedgerState): boolean {
  const arrived = rankOf(levelOf(state)) >= rankOf('delivered');
  return arrived || state.failures.length > 0 || state.revokedAt !== undefined;
}
