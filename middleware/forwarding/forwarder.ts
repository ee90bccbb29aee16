import { BluetickError, describeError } from '../errors.ts';
import type { Clock, Forward, ForwardEnd, Life, Logger, NewForward, Scheduler, Store } from '../ports.ts';
import { endWithin } from '../timing/endWithin.ts';
import { Lookout } from '../timing/lookout.ts';
import { Patience } from '../timing/patience.ts';
import { pause } from '../timing/pause.ts';
import { measure } from '../timing/systemClock.ts';
import type { ForwardClient, ForwardTry, RelayedAnswer } from './forwardClient.ts';
import { RecentKeys } from './recentKeys.ts';
import { retryForwardAfter } from './retryForwardAfter.ts';

/** How long whoever brings a request waits for its answer: Twilio 15 s at most (TW-OVERRIDES). */
export const answerWithinMs = 10_000;
/** How long the store may take to keep a request before it counts as away: what it takes is missing for the try. */
const storeWithinMs = 2000;
/** How soon a store that did not keep how a try ended is told again. */
const storeRetryMs = 1000;
/** How long a claim is ours before another worker may take it over: longer than a try takes. */
const leaseMs = 30_000;
/** Lanes at once whose earlier requests are made again: they leave connections to what comes in. */
const laneLimit = 20;
/** How long tries under way may take to end when we stop. */
const stopPatienceMs = 5000;
/** So many ids of what has gone out are remembered, for when the store cannot be told: some minutes' worth. */
const recentLimit = 10_000;

/** How many requests ended how since the start, for metrics. */
export interface ForwardCounts {
  /** Taken. */
  readonly passed: number;
  /** Tries that failed, and are made again. */
  readonly retried: number;
  /** Refused, or given up after a day: in the dead letters. */
  readonly dead: number;
}

/** What a forwarder needs from the outside. */
export interface ForwarderParts {
  readonly store: Pick<Store, 'addForward' | 'claimForwards' | 'endForward' | 'sharing'>;
  readonly client: ForwardClient;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** A source of numbers from 0 up to 1, for the jitter of retries. */
  readonly random: () => number;
}

/** What a request came to when it was brought. */
export type Kept =
  /** A repeat of one that is kept, or has gone out. */
  | { readonly what: 'known' }
  | {
      readonly what: 'kept';
      /**
       * Resolves with the answer to relay, within 10 s; `undefined` if there is none by then: the request goes out later,
       * or has gone. Never rejects.
       */
      readonly answered: Promise<RelayedAnswer | undefined>;
    };

/**
 * Passes requests on: what the store keeps goes out at least once, and once where it is answered, in its lane's order, with
 * back-off; what is refused, or not taken for a day, becomes a dead letter. What is under way at a crash is due again.
 */
export class Forwarder {
  readonly #parts: ForwarderParts;
  readonly #lookout: Lookout;
  readonly #patience: Patience;
  /** The work under way in each lane, and what was claimed of it meanwhile. */
  readonly #lanes = new Map<string, Promise<void>>();
  /** Who waits for the answer to a request, by its id. */
  readonly #waiters = new Map<string, (answer: RelayedAnswer | undefined) => void>();
  /** Ids, and keys, of what was taken, in case a lease ends before the store is told, or it has kept one too late. */
  readonly #taken = new RecentKeys(recentLimit);
  /** The keys of requests that the store has kept too late, by their ids. */
  readonly #late = new Map<string, string>();
  readonly #counts = { passed: 0, retried: 0, dead: 0 };
  readonly #stopping = new AbortController();
  /** Lanes at work that were claimed from the store. */
  #claimed = 0;
  /** Whether the latest try failed: the log tells of the change only. */
  #failing = false;
  #stopped = false;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
    const { sharing } = parts.store;
    this.#lookout = new Lookout({
      ...parts,
      sharing,
      what: 'requests to pass on',
      look: () => this.#claim(),
    });
    this.#patience = new Patience(parts.scheduler, storeWithinMs);
  }

  /** How many ended how so far. */
  get counts(): ForwardCounts {
    return { ...this.#counts };
  }

  /** Begins with whatever is due already. */
  start(): void {
    this.#lookout.start();
  }

  /** Takes no new ones, for good, and resolves when the tries under way have ended; those that take long are stopped. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#lookout.stop();
    const ended = Promise.all(this.#lanes.values()).then(() => {});
    await endWithin(this.#parts.scheduler, { abort: this.#stopping, ended }, stopPatienceMs);
    this.#stopping.abort();
    for (const tell of this.#waiters.values()) tell(undefined);
  }

  /** Something is due: somebody looks at once. */
  wake(): void {
    this.#lookout.wakeAt(this.#parts.clock.now());
  }

  /**
   * Keeps a request, and begins its first try if nothing of its lane waits before it. Called in the same turn of the event
   * loop as `Engine.admit`, both share one commit.
   *
   * @throws BluetickError `store_unavailable` if it is not kept, or not in time: {@link Forwarder.passUnkept} is left then
   */
  async keep(forward: NewForward): Promise<Kept> {
    const { store, clock } = this.#parts;
    const [createdAt, waited] = [clock.now(), measure(clock)];
    const adding = this.#patience.call(
      () => store.addForward(forward, createdAt, leaseMs),
      // What is kept too late is left alone until its lease ends: whether it went out another way is known by then.
      late => late.status !== 'known' && this.#late.set(late.id, forward.key),
    );
    const added = await adding.catch(cause => {
      throw new BluetickError('store_unavailable', 'The store did not keep a request to pass on', { cause });
    });
    if (added.status === 'known') return { what: 'known' };
    const answered = this.#answerTo(added.id, answerWithinMs - waited());
    if (added.status === 'claimed') void this.#take({ ...forward, id: added.id, createdAt, attempts: 0 });
    return { what: 'kept', answered };
  }

  /**
   * Keeps a request that came while the store was away, and is nobody's to wait for any more.
   *
   * @throws BluetickError `store_unavailable`
   */
  async queue(forward: NewForward): Promise<void> {
    await this.#parts.store.addForward(forward, this.#parts.clock.now(), 0);
    this.wake();
  }

  /** Passes on a request that the store could not keep: one try, of which nothing is kept. */
  async passUnkept({ key, request }: Pick<NewForward, 'key' | 'request'>): Promise<ForwardTry> {
    const tried = await this.#parts.client.send(request, this.#stopping.signal);
    this.#note(tried);
    if (tried.what === 'taken') this.#taken.add(key);
    return tried;
  }

  #answerTo(id: string, withinMs: number): Promise<RelayedAnswer | undefined> {
    const { promise, resolve } = Promise.withResolvers<RelayedAnswer | undefined>();
    const cancel = this.#parts.scheduler.after(withinMs, () => resolve(undefined));
    this.#waiters.set(id, resolve);
    return promise.finally(() => {
      cancel();
      this.#waiters.delete(id);
    });
  }

  /** One at a time in a lane: what is claimed while a work ends there comes after it. */
  #take(forward: Forward): Promise<void> {
    const before = this.#lanes.get(forward.lane) ?? Promise.resolve();
    const life = this.#parts.store.sharing?.life;
    const work = before
      .then(() => this.#work(forward, life))
      .finally(() => {
        if (this.#lanes.get(forward.lane) === work) this.#lanes.delete(forward.lane);
      });
    this.#lanes.set(forward.lane, work);
    return work;
  }

  /**
   * Passes on the requests of a lane, from the one that is ours, until one fails or none is left.
   *
   * @param life the life in which the lane was leased: where it is over, whoever has the lane goes on. Absent: nobody else can
   */
  async #work(first: Forward, life: Life | undefined): Promise<void> {
    let current: Forward | undefined = first;
    while (current !== undefined && !this.#stopped) {
      if (life !== undefined && !(await life.known(this.#stopping.signal))) return;
      const end = await this.#try(current);
      current = end && (await this.#end(current.id, end));
    }
  }

  /**
   * Tells the store how a try ended, again until it knows: nothing else of the lane goes out before. Answers the next of the
   * lane, which is ours.
   */
  async #end(id: string, end: ForwardEnd): Promise<Forward | undefined> {
    const { store, clock, scheduler, log } = this.#parts;
    for (let failed = false; !(failed && this.#stopped); failed = true) {
      try {
        const { next, nextDueAt } = await store.endForward(id, end, clock.now(), leaseMs);
        this.#late.delete(id);
        this.#lookout.wakeAt(nextDueAt);
        return next;
      } catch (error) {
        if (!failed)
          log.error(
            { forward: id, ...describeError(error) },
            'What became of a request that was passed on cannot be kept yet',
          );
        await pause(scheduler, storeRetryMs);
      }
    }
    return undefined;
  }

  /** One try. Answers how it ends; `undefined`: we stopped it, and it is as if it had not been made. */
  async #try({ id, request, createdAt, attempts }: Forward): Promise<ForwardEnd | undefined> {
    const { client, clock, random } = this.#parts;
    // Looked up late: what is handed out in the commit that kept it is tried before its caller has begun to wait.
    const tell = (answer?: RelayedAnswer) => this.#waiters.get(id)?.(answer);
    if (this.#taken.has(id) || this.#taken.has(this.#late.get(id) ?? id)) {
      tell();
      return { how: 'passed' };
    }
    const tried = await client.send(request, this.#stopping.signal);
    if (tried.what === 'failed' && this.#stopping.signal.aborted) return undefined;
    this.#note(tried);
    if (tried.what === 'failed') {
      tell();
      const now = clock.now();
      const waitMs = retryForwardAfter(attempts + 1, now - createdAt, random());
      if (waitMs === undefined) return this.#giveUp(id, `it was not taken for a day (${tried.code})`);
      this.#counts.retried += 1;
      return { how: 'retry', dueAt: now + Math.max(waitMs, tried.retryAfterMs ?? 0) };
    }
    tell(tried.answer);
    if (tried.what === 'refused') return this.#giveUp(id, `it was refused (${tried.code})`);
    this.#taken.add(id);
    this.#counts.passed += 1;
    return { how: 'passed' };
  }

  /** The alarm: somebody has to look after it. */
  #giveUp(id: string, reason: string): ForwardEnd {
    this.#counts.dead += 1;
    this.#parts.log.error({ forward: id, reason }, 'A request is not passed on: it is in the dead letters');
    return { how: 'dead', reason };
  }

  /** Tells of an outage once, and of its end. */
  #note(tried: ForwardTry): void {
    const { log } = this.#parts;
    const failed = tried.what === 'failed';
    if (failed === this.#failing) return;
    this.#failing = failed;
    if (!failed) log.info({}, 'Requests are taken again where they are passed on to');
    else if (tried.ours)
      log.error({ code: tried.code }, 'Requests are turned away where they are passed on to');
    else log.warn({ code: tried.code }, 'Requests are not taken where they are passed on to: they wait');
  }

  /** Begins with what is due, as far as there is room. Whatever ends looks again. */
  async #claim(): Promise<number | undefined> {
    const { store, clock } = this.#parts;
    while (!this.#stopped && this.#claimed < laneLimit) {
      const limit = laneLimit - this.#claimed;
      const { forwards, nextDueAt } = await store.claimForwards(clock.now(), limit, leaseMs);
      for (const forward of forwards) void this.#takeClaimed(forward);
      if (forwards.length < limit) return nextDueAt;
    }
    return undefined;
  }

  async #takeClaimed(forward: Forward): Promise<void> {
    this.#claimed += 1;
    await this.#take(forward);
    this.#claimed -= 1;
    this.#lookout.look();
  }
}
