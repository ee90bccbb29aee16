import { BrokenCircuitError } from 'cockatiel';
import type { ConnectionReport } from '../domain.ts';
import { ProviderError } from '../errors.ts';
import type { Channel, Clock, Logger, Sharing } from '../ports.ts';
import { countDown, type Left } from '../timing/countDown.ts';
import { retryDelay } from '../timing/retryDelay.ts';
import { type Elapsed, measure } from '../timing/systemClock.ts';
import { breakerOpenMs, CallLane, nothingLeft } from './callLane.ts';
import type { CallMeasure } from './callMeasure.ts';
import type { Lease } from './lease.ts';
import { notMade, type Unmade, wasMade } from './notMade.ts';
import { RatedQueue } from './ratedQueue.ts';

/** What a call is for: replies go first, and typing, which is stale soonest, last. */
export const priorities = { send: 2, receipt: 1, typing: 0 } as const;

/** Calls under way at once to one business number: more only wait inside the provider. */
const concurrency = 50;
/** Of those, receipts and typing never take more than this: where they hang, replies still find a way out. */
const receiptConcurrency = 40;

/**
 * How soon what waits for a provider's link to WhatsApp is looked at again: after half the time that it has been down. A
 * restart is over in seconds; a device that is to be linked anew waits for a human, and nobody should ask for it all night.
 */
const disconnectedRetryMs = (downForMs: number) => Math.min(Math.max(Math.ceil(downForMs / 2), 1000), 30_000);

/** From then on nobody waits for a call any more: no turn, and nobody who asked for it. What is older makes way. */
const oldAfterMs = 60_000;

/** Calls that wait for the provider's rate: so many seconds' worth, before what is old has to come again later. */
const queuedForMs = 10_000;

/** Whom a call is for. */
export interface CallTarget {
  readonly business: string;
  readonly conversation: string;
  /** Since when it is owed, in Unix milliseconds. Default now. */
  readonly owedSince?: number;
  /** By which this process makes it, and nobody else. Default none: it may be made by anybody. */
  readonly lease?: Lease | undefined;
}

interface Gate {
  /** All calls to the number, at the provider's rate. */
  readonly queue: RatedQueue;
  /** What receipts and typing pass before they come into the queue. */
  readonly receiptQueue: RatedQueue;
  readonly sends: CallLane;
  readonly receipts: CallLane;
  /** How long the number's credentials are still taken as refused. */
  pauseLeft: Left;
  /** The last that the provider said of its own link to WhatsApp, and since when; after a start nothing, and calls are made. */
  connection: Pick<ConnectionReport, 'up' | 'at'> & { readonly since: Elapsed };
}

/**
 * Every call to a provider passes here: one queue a business number with the provider's rate, and breakers that
 * count only what is wrong with the whole provider. Receipts and typing never keep a reply waiting: they have their
 * own breaker and leave room in the queue. A recipient's fault closes nothing but that conversation.
 */
export class CallGate {
  readonly #gates = new Map<string, Gate>();
  /** The conversations that pause, and how long still. */
  readonly #recipients = new Map<string, Left>();
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #measure: CallMeasure;
  readonly #instances: () => number;

  /** @param sharing who else calls the same providers: each takes its part of their rates. Default nobody */
  constructor(clock: Clock, log: Logger, measure: CallMeasure, sharing?: Pick<Sharing, 'instances'>) {
    this.#clock = clock;
    this.#log = log;
    this.#measure = measure;
    this.#instances = () => sharing?.instances ?? 1;
  }

  /**
   * Makes a call when its turn comes. What could not be made yet does not wait here: the backlog of one number would keep
   * the workers of all others.
   *
   * @throws ProviderError as the channel gave it; or one with a `providerCode` of ours where no call was made, such as
   *   `breaker_open`: {@link wasMade} tells.
   * @throws LeaseLost if another process has taken over what the call is for.
   */
  async run<T>(
    channel: Channel,
    to: CallTarget,
    priority: keyof typeof priorities,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const gate = this.#gate(channel, to.business);
    const lane = priority === 'send' ? gate.sends : gate.receipts;
    const callsPerSecond = channel.capabilities.callsPerSecond / this.#instances();
    const refusal = this.#refusalAtOnce(gate, lane, to, callsPerSecond);
    if (refusal !== undefined) {
      if (to.lease !== undefined) await to.lease.confirm();
      this.#measure.notMade(channel, priority, refusal.code);
      throw notMade(refusal);
    }
    let waits = true;
    const ceaseToWait = () => {
      if (waits) lane.waiting -= 1;
      waits = false;
    };
    const make = () => {
      const late = this.#refusal(gate, lane, to.conversation);
      if (late !== undefined) throw notMade(late);
      ceaseToWait();
      return lane.breaker.execute(() => this.#measure.during(channel, priority, () => call(signal)));
    };
    const { lease } = to;
    const makeOwn = async () => {
      await lease?.confirm();
      signal.throwIfAborted();
      return make();
    };
    const task = lease === undefined ? make : makeOwn;
    const options = { priority: priorities[priority], signal };
    const inQueue = () => gate.queue.add(task, options);
    lane.waiting += 1;
    try {
      return await (priority === 'send' ? inQueue() : gate.receiptQueue.add(inQueue, options));
    } catch (error) {
      const isGivenUp = waits && signal.aborted;
      const told = isGivenUp
        ? notMade({ fault: 'transient', code: 'given_up' })
        : this.#learn(gate, lane, { ...to, channel: channel.name }, error);
      if (told instanceof ProviderError && !wasMade(told))
        this.#measure.notMade(channel, priority, told.providerCode);
      throw told;
    } finally {
      ceaseToWait();
    }
  }

  /** Whether receipts and typing are kept back now, whatever they are due: a reply need not wait for what cannot go. */
  keepsBack(channel: Channel, { business, conversation }: CallTarget): boolean {
    const gate = this.#gate(channel, business);
    return this.#refusal(gate, gate.receipts, conversation) !== undefined;
  }

  /**
   * Takes what a provider says of its own link to WhatsApp: while that is down no call is made for the business, without
   * end, until a report says that it is up. Reports of other businesses, and older ones than the last, change nothing.
   */
  heed(channel: Channel, { business, up, because, at }: ConnectionReport): void {
    if (!channel.businesses.includes(business)) {
      if (!up) this.#log.warn({ channel: channel.name }, 'The state of another business is left alone');
      return;
    }
    const gate = this.#gate(channel, business);
    const { connection: last } = gate;
    const now = this.#clock.now();
    // A report from the future, by a clock that is fast, must not outlast those that are right; nor may one from before our own
    // was set back.
    const said = Math.min(at, now);
    if (said < last.at && last.at <= now) return;
    const since = up === last.up ? last.since : measure(this.#clock);
    gate.connection = { up, at: said, since };
    if (up === last.up) return;
    const fields = { channel: channel.name, because };
    if (up) this.#log.info(fields, 'The provider is connected to WhatsApp again');
    else this.#log.error(fields, 'The provider is not connected to WhatsApp: what is owed waits until it is');
  }

  #gate(channel: Channel, business: string): Gate {
    const key = `${channel.name}:${business}`;
    const known = this.#gates.get(key);
    if (known !== undefined) return known;
    const { callsPerSecond } = channel.capabilities;
    const gate: Gate = {
      queue: new RatedQueue({ callsPerSecond, concurrency, least: 2 }, this.#instances),
      receiptQueue: new RatedQueue({ concurrency: receiptConcurrency }, this.#instances),
      sends: this.#lane(channel, 'sends'),
      receipts: this.#lane(channel, 'receipts'),
      pauseLeft: nothingLeft,
      connection: { up: true, at: 0, since: measure(this.#clock) },
    };
    this.#gates.set(key, gate);
    return gate;
  }

  #lane(channel: Channel, calls: 'sends' | 'receipts'): CallLane {
    const lane = new CallLane(this.#clock);
    const fields = { channel: channel.name, calls };
    lane.breaker.onBreak(() => this.#log.warn(fields, 'The provider fails; calls wait'));
    lane.breaker.onReset(() => this.#log.info(fields, 'The provider answers again'));
    return lane;
  }

  /**
   * Why a call does not even wait for its turn: none may be made, or it is old and enough wait. What is old is told to come
   * again one after another, at the provider's rate: a backlog costs no more looks than calls.
   */
  #refusalAtOnce(
    gate: Gate,
    lane: CallLane,
    { conversation, owedSince }: CallTarget,
    callsPerSecond: number,
  ): Unmade | undefined {
    const isOld = owedSince !== undefined && this.#clock.now() - owedSince > oldAfterMs;
    const isFull = lane.waiting * 1000 >= queuedForMs * callsPerSecond;
    const busy =
      isOld && isFull ? ({ fault: 'rate', code: 'busy', waitMs: queuedForMs } as const) : undefined;
    const unmade = this.#refusal(gate, lane, conversation) ?? busy;
    if (unmade === undefined || !isOld) return unmade;
    return { ...unmade, waitMs: Math.max(unmade.waitMs, lane.comeAgain(1000 / callsPerSecond)) };
  }

  /** Why a call may not be made. */
  #refusal(gate: Gate, lane: CallLane, conversation: string): Unmade | undefined {
    const { up, since } = gate.connection;
    if (!up) return { fault: 'transient', code: 'disconnected', waitMs: disconnectedRetryMs(since()) };
    const pausedMs = gate.pauseLeft();
    if (pausedMs > 0) return { fault: 'auth', code: 'channel_paused', waitMs: pausedMs };
    const slowedMs = lane.pauseLeft();
    if (slowedMs > 0) return { fault: 'rate', code: 'rate_paused', waitMs: slowedMs };
    const brokenMs = lane.breakLeft();
    if (brokenMs > 0) return { fault: 'transient', code: 'breaker_open', waitMs: brokenMs };
    const ownMs = this.#recipients.get(conversation)?.();
    if (ownMs === undefined) return undefined;
    if (ownMs > 0) return { fault: 'recipient', code: 'recipient_paused', waitMs: ownMs };
    this.#recipients.delete(conversation);
    return undefined;
  }

  /** Draws the conclusions from a failure for the calls to come. */
  #learn(gate: Gate, lane: CallLane, to: CallTarget & { channel: string }, error: unknown): unknown {
    if (error instanceof BrokenCircuitError)
      return notMade({ fault: 'transient', code: 'breaker_open', waitMs: breakerOpenMs });
    if (!(error instanceof ProviderError) || !wasMade(error)) return error;
    const left = countDown(retryDelay(error, 1, 0.5), this.#clock);
    if (error.fault === 'recipient') {
      for (const [conversation, own] of this.#recipients)
        if (own() === 0) this.#recipients.delete(conversation);
      this.#recipients.set(to.conversation, left);
    }
    if (error.fault === 'rate' && error.retryAfterMs !== undefined) {
      // The provider counts all calls to the number; that sends wait for a receipt's limit is still not wanted.
      lane.pauseLeft = left;
      if (lane === gate.sends) gate.receipts.pauseLeft = left;
    }
    if (error.fault === 'auth') {
      gate.pauseLeft = left;
      this.#log.error(
        { channel: to.channel, conversation: to.conversation, code: error.providerCode },
        'The provider refuses our credentials: the number pauses, what is owed waits',
      );
    }
    return error;
  }
}
