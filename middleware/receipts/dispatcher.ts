import type { Conversation } from '../domain.ts';
import { describeError } from '../errors.ts';
import {
  type Claim,
  type Clock,
  type Logger,
  type Scheduler,
  type Store,
  type WorkKind,
  workKinds,
} from '../ports.ts';
import { Lease } from './lease.ts';
import { partOf } from './ratedQueue.ts';

/** How long a claim is ours before another worker may take it over. */
export const leaseMs = 10_000;
/** Claims of one kind taken from the store at once. */
const claimLimit = 200;
/**
 * Lanes of each kind at work at once: what is due beyond that waits in the store. Kinds never starve one another.
 * Escalations are few and cost money: where a channel's outage makes many due at once, the ways out are not flooded.
 */
const limits: Readonly<Record<WorkKind, number>> = {
  turn: 2000,
  receipt: 2000,
  outbound: 2000,
  escalation: 50,
};
/** Of those, what is meant for all together who share the store. */
const sharedLimits: ReadonlySet<WorkKind> = new Set(['escalation']);
/** What an admission may hand to its caller; escalations fall due later only. */
const admittedKinds = workKinds.filter(kind => kind !== 'escalation');
/** The longest timer: what waits longer is looked for again. */
const longestTimerMs = 60_000;
/** How soon a store that failed is asked again. */
const storeRetryMs = 1000;

/** Does one kind of work of a conversation until nothing of it is due, and gives its lane back. */
export type WorkHandler = (conversation: Conversation) => Promise<void>;

/** A lane that this process is at work in. */
interface ActiveLane {
  readonly claim: Claim;
  /** Absent: nobody else can have it. */
  readonly lease: Lease | undefined;
  /** Works under way in it: the handler, or a caller that leased it. */
  works: number;
  /** Claimed again meanwhile: somebody must look once more when the works have ended. */
  again: boolean;
}

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
  readonly #active = new Map<string, ActiveLane>();
  readonly #busy: Record<WorkKind, number> = { turn: 0, receipt: 0, outbound: 0, escalation: 0 };
  #idle = Promise.withResolvers<void>();
  /** Something due was left in the store for want of room. */
  #leftOver = false;
  #cancelTimer = () => {};
  #timerAt = Number.POSITIVE_INFINITY;
  #claiming: Promise<void> | undefined;
  /** Somebody asked for a look while one was under way, which may have come too early for it. */
  #again = false;
  #running = false;
  readonly #stopping = new AbortController();
  #leaveNews = () => {};

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
    const leave = this.#store.sharing?.onNews(({ what }) => {
      if (what === 'due') this.wakeAt(this.#clock.now());
    });
    this.#leaveNews = leave ?? this.#leaveNews;
    this.wakeAt(this.#clock.now());
  }

  /** Takes no new work, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#stopping.abort();
    this.#leaveNews();
    this.#cancelTimer();
    await this.#claiming;
    if (this.#active.size > 0) await this.#idle.promise;
  }

  /** Whether whatever an admission hands out can be taken at once. Where not, it leaves it in the store. */
  hasRoom(): boolean {
    const full = workKinds.filter(kind => this.#busy[kind] >= this.#limitOf(kind));
    this.#leftOver ||= full.length > 0;
    return !admittedKinds.some(kind => full.includes(kind));
  }

  /** Does work that is claimed already. Turns first: a receipt's call asks whether its turn wants typing. */
  take(claims: readonly Claim[]): void {
    for (const kind of workKinds) for (const claim of claims) if (claim.kind === kind) this.#take(claim);
  }

  /** Does something in a lane that the caller has leased, so that nobody takes the lane for abandoned meanwhile. */
  hold<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
    return this.#enter(claim, work);
  }

  /** The lease of a lane that is at work here; `undefined`: nobody else can have it, or nobody here is at work in it. */
  leaseOf(kind: WorkKind, conversation: string): Lease | undefined {
    return this.#active.get(keyOf(kind, conversation))?.lease;
  }

  /** Makes sure that somebody looks when something falls due. */
  wakeAt(at: number | undefined): void {
    if (at === undefined || !this.#running || at >= this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = at;
    const delay = Math.min(Math.max(at - this.#clock.now(), 0), longestTimerMs);
    this.#cancelTimer = this.#scheduler.after(delay, () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#look();
    });
  }

  /** How many lanes of a kind may be at work here. */
  #limitOf(kind: WorkKind): number {
    return sharedLimits.has(kind) ? partOf(limits[kind], this.#store.sharing?.instances ?? 1) : limits[kind];
  }

  #take(claim: Claim): void {
    if (!this.#running) return;
    const lane = this.#active.get(keyOf(claim.kind, claim.conversation.id));
    // The work under way may have given the lane back just now, so that this claim is a new one: it is not dropped.
    if (lane !== undefined) lane.again = true;
    else void this.#enter(claim, () => this.#handle(claim));
  }

  async #handle({ kind, conversation }: Claim): Promise<void> {
    try {
      await this.#handlers[kind](conversation);
    } catch (error) {
      this.#log.error(
        { kind, conversation: conversation.id, ...describeError(error) },
        'Work failed; it is due again',
      );
      // The lane is due again when its lease ends.
      this.wakeAt(this.#clock.now() + leaseMs);
    }
  }

  async #enter<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
    const key = keyOf(claim.kind, claim.conversation.id);
    const lane = this.#active.get(key) ?? { claim, lease: this.#lease(), works: 0, again: false };
    if (lane.works === 0) this.#busy[claim.kind] += 1;
    lane.works += 1;
    this.#active.set(key, lane);
    try {
      return await work();
    } finally {
      lane.works -= 1;
      if (lane.works === 0) this.#leave(key, lane);
    }
  }

  #lease(): Lease | undefined {
    const life = this.#store.sharing?.life;
    return life && new Lease(life, this.#stopping.signal);
  }

  #leave(key: string, { claim, again }: ActiveLane): void {
    this.#active.delete(key);
    this.#busy[claim.kind] -= 1;
    if (again) this.#take(claim);
    if (this.#leftOver) {
      this.#leftOver = false;
      this.wakeAt(this.#clock.now());
    }
    if (this.#active.size > 0) return;
    this.#idle.resolve();
    this.#idle = Promise.withResolvers();
  }

  #look(): void {
    this.#again = this.#claiming !== undefined;
    if (this.#again || !this.#running) return;
    this.#claiming = this.#claim().finally(() => {
      this.#claiming = undefined;
      if (this.#again) this.#look();
    });
  }

  async #claim(): Promise<void> {
    try {
      let more = true;
      while (more && this.#running) {
        const roomFor = (kind: WorkKind) =>
          Math.max(Math.min(claimLimit, this.#limitOf(kind) - this.#busy[kind]), 0);
        const room = {
          turn: roomFor('turn'),
          receipt: roomFor('receipt'),
          outbound: roomFor('outbound'),
          escalation: roomFor('escalation'),
        };
        const { claims, nextDueAt } = await this.#store.claimDue(this.#clock.now(), room, leaseMs);
        this.take(claims);
        this.hasRoom();
        more = workKinds.some(
          kind => room[kind] > 0 && claims.filter(claim => claim.kind === kind).length === room[kind],
        );
        if (!more) this.wakeAt(nextDueAt);
      }
    } catch (error) {
      this.#log.error(describeError(error), 'The store cannot be asked for due work');
      this.wakeAt(this.#clock.now() + storeRetryMs);
    }
  }
}

function keyOf(kind: WorkKind, conversation: string): string {
  return `${kind}:${conversation}`;
}
