import type { ChannelEvents } from '../../middleware/domain.ts';
import { BluetickError, describeError } from '../../middleware/errors.ts';
import type { RelayedAnswer } from '../../middleware/forwarding/forwardClient.ts';
import { answerWithinMs, type Forwarder } from '../../middleware/forwarding/forwarder.ts';
import { RecentKeys } from '../../middleware/forwarding/recentKeys.ts';
import type { Logger, NewForward, RawRequest, Scheduler, WebhookChannel } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { Patience } from '../../middleware/timing/patience.ts';
import { pause, wokenBy } from '../../middleware/timing/pause.ts';
import { forwardOf, keyOf, laneOf } from './forwardOf.ts';
import { admitWithinMs } from './intake.ts';
import type { SpooledRequests } from './spooledRequests.ts';

/** How long the spool may take to keep a request: what it takes is missing for the answer. */
const spoolWithinMs = 1000;
/** So many requests are known again without the store: some minutes' worth. */
const recentLimit = 10_000;

/** What a pass-through needs. */
export interface PassThroughParts {
  readonly engine: Pick<Engine, 'admit'>;
  readonly forwarder: Pick<Forwarder, 'keep' | 'passUnkept'>;
  readonly spooled: Pick<SpooledRequests, 'add' | 'holds' | 'passOn'>;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** How often something was not as it should be since the start, for metrics. */
export interface PassThroughCounts {
  /** Requests that the store could not take, and the spool has taken for it. */
  readonly spooled: number;
  /** Requests that went out and are admitted nowhere, as store and spool were away. Their messages have no receipt. */
  readonly unadmitted: number;
  /** Requests that went out and that we could not read. */
  readonly unreadable: number;
}

/** How it goes with a request in the spool. */
interface Spooling {
  readonly id: string;
  is: 'late' | 'kept' | 'lost';
  /** Resolves when it is no longer late. */
  readonly ended: Promise<void>;
}

/**
 * Stands in front of somebody who owns a number's webhook: admits what comes, and passes it on. Both are written before
 * the first try, in one commit. A store that is away stops neither.
 */
export class PassThrough {
  readonly #parts: PassThroughParts;
  readonly #counts = { spooled: 0, unadmitted: 0, unreadable: 0 };
  /** Requests under way: a repeat is told what they are. */
  readonly #underWay = new Map<string, Promise<RelayedAnswer | undefined>>();
  readonly #recent = new RecentKeys(recentLimit);
  readonly #patience: Patience;

  constructor(parts: PassThroughParts) {
    this.#parts = parts;
    this.#patience = new Patience(parts.scheduler, admitWithinMs);
  }

  get counts(): PassThroughCounts {
    return { ...this.#counts };
  }

  /**
   * Takes in a request; see {@link Intake}. A repeat goes out no more.
   *
   * @throws BluetickError `store_unavailable` where neither store nor spool has it, and nobody took it
   */
  receive(channel: WebhookChannel, request: RawRequest): Promise<RelayedAnswer | undefined> {
    const key = keyOf(request);
    const same = this.#underWay.get(key);
    if (same !== undefined) return same;
    if (this.#recent.has(key)) return Promise.resolve(undefined);
    const passing = this.#pass(channel, request)
      .then(answer => {
        this.#recent.add(key);
        return answer;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, passing);
    return passing;
  }

  async #pass(channel: WebhookChannel, request: RawRequest): Promise<RelayedAnswer | undefined> {
    const { forwarder, spooled, log } = this.#parts;
    const events = eventsOf(channel, request);
    if (events === undefined) {
      this.#counts.unreadable += 1;
      log.warn({}, 'A request cannot be read: it is passed on, not admitted');
    }
    const forward = forwardOf(channel, request, laneOf(events, request));
    // Earlier ones of the customer wait in the spool: it queues up behind them.
    if (spooled.holds(forward.lane)) return this.#passUnkept(request, forward);
    const [kept, admitted] = await Promise.allSettled([
      forwarder.keep(forward),
      this.#admit(channel, events),
    ]);
    if (kept.status === 'rejected') return this.#passUnkept(request, forward);
    if (admitted.status === 'rejected') {
      log.error(describeError(admitted.reason), 'A request that is passed on cannot be admitted yet');
      this.#countIfLost(await this.#spool(request));
    }
    return kept.value.what === 'known' ? undefined : kept.value.answered;
  }

  async #admit(channel: WebhookChannel, events: ChannelEvents | undefined): Promise<void> {
    if (events === undefined) return;
    await this.#patience.call(() => this.#parts.engine.admit(channel, events));
  }

  /** Keeps a request for later, and says how that goes: a disk that hangs is not waited for. */
  async #spool(request: RawRequest, lane?: string): Promise<Spooling> {
    const { spooled, scheduler, log } = this.#parts;
    const { id, kept } = spooled.add(request, lane);
    const ended = kept.then(
      () => {
        spooling.is = 'kept';
        this.#counts.spooled += 1;
      },
      error => {
        spooling.is = 'lost';
        log.error(describeError(error), 'The spool cannot be written');
      },
    );
    const spooling: Spooling = { id, is: 'late', ended };
    await pause(scheduler, spoolWithinMs, { wake: wokenBy(ended) });
    return spooling;
  }

  /** Passes a request on without the store: after the earlier ones of its lane, if those have gone out. */
  async #passUnkept(request: RawRequest, forward: NewForward): Promise<RelayedAnswer | undefined> {
    const { forwarder, spooled, scheduler } = this.#parts;
    const { lane } = forward;
    const behind = spooled.holds(lane);
    const spooling = await this.#spool(request, lane);
    const attempt = () => forwarder.passUnkept(forward);
    if (spooling.is === 'lost') {
      const tried = behind ? undefined : await attempt();
      if (tried === undefined || tried.what === 'failed') throw notKept();
      this.#countIfLost(spooling);
      return tried.answer;
    }
    const trying = spooled.passOn(spooling.id, attempt);
    const inTime = await pause(scheduler, answerWithinMs, { wake: wokenBy(trying.then(() => {})) });
    const tried = inTime === 'time' ? undefined : await trying;
    if (tried?.what === 'taken') {
      this.#countIfLost(spooling);
      return tried.answer;
    }
    if (spooling.is !== 'kept') throw notKept();
    return undefined;
  }

  /** Nobody waits for a disk that hangs, but what it loses in the end is counted. */
  #countIfLost(spooling: Spooling): void {
    void spooling.ended.then(() => {
      if (spooling.is !== 'lost') return;
      this.#counts.unadmitted += 1;
      this.#parts.log.error({}, 'A request is passed on and admitted nowhere: its message has no receipt');
    });
  }
}

function notKept(): BluetickError {
  return new BluetickError('store_unavailable', 'The request can neither be kept nor passed on');
}

/** What a request says; `undefined` where it cannot be read. */
function eventsOf(channel: WebhookChannel, request: RawRequest): ChannelEvents | undefined {
  try {
    return channel.webhook.parse(request.body, request);
  } catch {
    return undefined;
  }
}
