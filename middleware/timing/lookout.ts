import { describeError } from '../errors.ts';
import type { Clock, Logger, Scheduler } from '../ports.ts';
import type { News, Sharing } from '../sharing.ts';

/** The longest timer: what waits longer is looked for again. */
const longestTimerMs = 60_000;
/** How soon a store that failed is asked again. */
const storeRetryMs = 1000;

/** What a lookout needs. */
export interface LookoutParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** What tells of others who share the store; absent: there is nobody else. */
  readonly sharing?: Pick<Sharing, 'onNews'> | undefined;
  /** What it looks at once for when others tell of it. Default `due`. */
  readonly heeds?: News['what'];
  /** What is looked for, as the log names it. */
  readonly what: string;
  /**
   * Claims from the store what is due and begins with it. One at a time.
   *
   * @returns when to look again, in Unix milliseconds; `undefined`: when somebody asks for it
   */
  readonly look: () => Promise<number | undefined>;
}

/** Looks for what is due in the store when it falls due, or when somebody asks for it, here or in another process. */
export class Lookout {
  readonly #parts: LookoutParts;
  #looking: Promise<void> | undefined;
  /** Somebody asked for a look while one was under way, which may have come too early for it. */
  #again = false;
  #cancelTimer = () => {};
  #timerAt = Number.POSITIVE_INFINITY;
  #running = false;
  #leaveNews = () => {};

  constructor(parts: LookoutParts) {
    this.#parts = parts;
  }

  /** Whether it looks. */
  get running(): boolean {
    return this.#running;
  }

  /** Begins with whatever is due already. */
  start(): void {
    const { sharing, heeds = 'due' } = this.#parts;
    this.#running = true;
    this.#leaveNews = sharing?.onNews(({ what }) => what === heeds && this.look()) ?? this.#leaveNews;
    this.wakeAt(this.#parts.clock.now());
  }

  /** Looks no more, and resolves when the look under way has ended. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#leaveNews();
    this.#cancelTimer();
    this.#timerAt = Number.POSITIVE_INFINITY;
    await this.#looking;
  }

  /** Makes sure that it looks then; it may look sooner. */
  wakeAt(at: number | undefined): void {
    if (at === undefined || !this.#running || at >= this.#timerAt) return;
    const { clock, scheduler } = this.#parts;
    this.#cancelTimer();
    this.#timerAt = at;
    const delay = Math.min(Math.max(at - clock.now(), 0), longestTimerMs);
    this.#cancelTimer = scheduler.after(delay, () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.look();
    });
  }

  /** Looks now. */
  look(): void {
    this.#again = this.#looking !== undefined;
    if (this.#again || !this.#running) return;
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#again) this.look();
    });
  }

  async #look(): Promise<void> {
    const { clock, log, look, what } = this.#parts;
    try {
      this.wakeAt(await look());
    } catch (error) {
      log.error(describeError(error), `The store cannot be asked for ${what}`);
      this.wakeAt(clock.now() + storeRetryMs);
    }
  }
}
