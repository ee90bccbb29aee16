import type { Conversation } from '../domain.ts';
import type { Claim, Clock, Logger, Scheduler, Store, WorkKind } from '../ports.ts';

/** How long a claim is ours before another worker may take it over. */
export const leaseMs = 10_000;
/** Claims taken from the store at once. */
const claimLimit = 200;
/** Conversations at work at once: what is due beyond that waits in the store. */
const activeLimit = 2000;
/** The longest timer: what waits longer is looked for again. */
const longestTimerMs = 60_000;
/** How soon a store that failed is asked again. */
const storeRetryMs = 1000;

/** Does one kind of work of a conversation until nothing of it is due, and gives its lane back. */
export type WorkHandler = (conversation: Conversation) => Promise<void>;

/**
 * Brings due work to its handlers: one timer for the earliest due time, one claim for whatever is due. It keeps no
 * list of what waits.
 */
export class Dispatcher {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #log: Logger;
  readonly #handlers: Record<WorkKind, WorkHandler>;
  readonly #active = new Map<string, Promise<void>>();
  #cancelTimer = () => {};
  #timerAt = Number.POSITIVE_INFINITY;
  #claiming: Promise<void> | undefined;
  #running = false;

  constructor(
    parts: { store: Store; clock: Clock; scheduler: Scheduler; log: Logger },
    handlers: Record<WorkKind, WorkHandler>,
  ) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#scheduler = parts.scheduler;
    this.#log = parts.log;
    this.#handlers = handlers;
  }

  /** Begins with whatever is due already: after a crash, everything that was under way. */
  start(): void {
    this.#running = true;
    this.wakeAt(this.#clock.now());
  }

  /** Takes no new work, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#cancelTimer();
    await this.#claiming;
    await Promise.allSettled(this.#active.values());
  }

  /** Does work that is claimed already. Turns first: a receipt's call asks whether its turn wants typing. */
  take(claims: readonly Claim[]): void {
    if (!this.#running) return;
    for (const claim of claims) if (claim.kind === 'turn') this.#work(claim);
    for (const claim of claims) if (claim.kind !== 'turn') this.#work(claim);
  }

  /** Makes sure that somebody looks when something falls due. */
  wakeAt(at: number | undefined): void {
    if (at === undefined || !this.#running || at >= this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = at;
    const delay = Math.min(Math.max(at - this.#clock.now(), 0), longestTimerMs);
    this.#cancelTimer = this.#scheduler.after(delay, () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#claiming ??= this.#claim().finally(() => {
        this.#claiming = undefined;
      });
    });
  }

  /** Does something in a lane that the caller has leased, so that nobody takes the lane for abandoned meanwhile. */
  async hold<T>({ kind, conversation }: Claim, work: () => Promise<T>): Promise<T> {
    const key = `${kind}:${conversation.id}`;
    const done = work();
    const settled = done.then(
      () => {},
      () => {},
    );
    this.#active.set(key, settled);
    try {
      return await done;
    } finally {
      this.#active.delete(key);
    }
  }

  #work({ kind, conversation }: Claim): void {
    const key = `${kind}:${conversation.id}`;
    // A lease that ended under a long turn of ours: the claim has just renewed it.
    if (this.#active.has(key)) return;
    const work = this.#handlers[kind](conversation)
      .catch(error =>
        this.#log.error({ kind, conversation: conversation.id, err: error }, 'Work failed; it is due again'),
      )
      .finally(() => {
        this.#active.delete(key);
        if (this.#active.size === activeLimit - 1) this.wakeAt(this.#clock.now());
      });
    this.#active.set(key, work);
  }

  async #claim(): Promise<void> {
    try {
      let more = true;
      while (more && this.#running) {
        const limit = Math.min(claimLimit, activeLimit - this.#active.size);
        if (limit <= 0) return;
        const { claims, nextDueAt } = await this.#store.claimDue(this.#clock.now(), limit, leaseMs);
        this.take(claims);
        more = claims.length === limit;
        if (!more) this.wakeAt(nextDueAt);
      }
    } catch (error) {
      this.#log.error({ err: error }, 'The store cannot be asked for due work');
      this.wakeAt(this.#clock.now() + storeRetryMs);
    }
  }
}
