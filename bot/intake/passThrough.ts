import { createHash } from 'node:crypto';
import type { ChannelEvents } from '../../middleware/domain.ts';
import { BluetickError, describeError } from '../../middleware/errors.ts';
import type { RelayedAnswer } from '../../middleware/forwarding/forwardClient.ts';
import { answerWithinMs, type Forwarder } from '../../middleware/forwarding/forwarder.ts';
import { passedHeaders } from '../../middleware/forwarding/passedHeaders.ts';
import { RecentKeys } from '../../middleware/forwarding/recentKeys.ts';
import type { Logger, NewForward, RawRequest, Scheduler, WebhookChannel } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { callWithin } from '../../middleware/timing/callWithin.ts';
import { pause, wokenBy } from '../../middleware/timing/pause.ts';
import type { SpooledRequest, SpooledRequests } from './spooledRequests.ts';
import { admitSpooled } from './spooling.ts';

/** How long the store may take to admit before it counts as away: what it takes is missing for the answer. */
const admitWithinMs = 2000;
/** The same for the spool. */
const spoolWithinMs = 1000;
/** So many requests are known again without the store: some minutes' worth. */
const recentLimit = 10_000;

/** What a pass-through needs. */
export interface PassThroughParts {
  readonly engine: Pick<Engine, 'admit'>;
  readonly forwarder: Pick<Forwarder, 'keep' | 'passUnkept' | 'queue'>;
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

  constructor(parts: PassThroughParts) {
    this.#parts = parts;
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

  /**
   * Does with what waited in the spool what was left to do.
   *
   * @throws BluetickError `store_unavailable`
   */
  async settle(channel: WebhookChannel, spooled: SpooledRequest): Promise<void> {
    const { request, forward, passed } = spooled;
    const { engine, forwarder, log } = this.#parts;
    const queued = forward
      ? forwarder.queue({ ...forwardOf(channel, request, eventsOf(channel, request)), passed })
      : undefined;
    await Promise.all([queued, admitSpooled(engine, channel, spooled, log)]);
  }

  async #pass(channel: WebhookChannel, request: RawRequest): Promise<RelayedAnswer | undefined> {
    const { forwarder, spooled, log } = this.#parts;
    const events = eventsOf(channel, request);
    if (events === undefined) {
      this.#counts.unreadable += 1;
      log.warn({}, 'A request cannot be read: it is passed on, not admitted');
    }
    const forward = forwardOf(channel, request, events);
    // Earlier ones of the customer wait in the spool: it queues up behind them.
    if (spooled.holds(forward.lane)) return this.#passUnkept(request, forward);
    const [kept, admitted] = await Promise.allSettled([
      forwarder.keep(forward),
      this.#admit(channel, events),
    ]);
    if (kept.status === 'rejected') return this.#passUnkept(request, forward);
    if (admitted.status === 'rejected') {
      log.error(describeError(admitted.reason), 'A request that is passed on cannot be admitted yet');
      if ((await this.#spool(request)).is === 'lost') this.#unadmitted();
    }
    return kept.value.what === 'known' ? undefined : kept.value.answered;
  }

  async #admit(channel: WebhookChannel, events: ChannelEvents | undefined): Promise<void> {
    const { engine, scheduler, log } = this.#parts;
    if (events === undefined) return;
    const report = await callWithin(scheduler, admitWithinMs, () => engine.admit(channel, events));
    log.debug({ channel: channel.name, ...report }, 'Webhook admitted');
  }

  /** Keeps a request for later, and says how that goes: a disk that hangs is not waited for. */
  async #spool(request: RawRequest, lane?: string): Promise<Spooling> {
    const { spooled, scheduler, log } = this.#parts;
    const { id, kept } = spooled.add(request, lane);
    const spooling: Spooling = { id, is: 'late' };
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
      this.#unadmitted();
      return tried.answer;
    }
    const trying = spooled.passOn(spooling.id, attempt);
    const inTime = await pause(scheduler, answerWithinMs, { wake: wokenBy(trying.then(() => {})) });
    const tried = inTime === 'time' ? undefined : await trying;
    if (tried?.what === 'taken') return tried.answer;
    if (spooling.is !== 'kept') throw notKept();
    return undefined;
  }

  #unadmitted(): void {
    this.#counts.unadmitted += 1;
    this.#parts.log.error({}, 'A request is passed on and admitted nowhere: its message has no receipt');
  }
}

function notKept(): BluetickError {
  return new BluetickError('store_unavailable', 'The request can neither be kept nor passed on');
}

/**
 * What makes a request one with its repeats: `I-Twilio-Idempotency-Token`. Where it has none, its address and body: a
 * message, and each status of one, has an id in them.
 */
function keyOf({ headers, target, body }: RawRequest): string {
  const token = headers['i-twilio-idempotency-token'];
  const hash = createHash('sha256');
  if (typeof token === 'string' && token !== '') hash.update(`token\0${token}`);
  else hash.update(`body\0${target}\0`).update(body);
  return hash.digest('hex');
}

function forwardOf(
  { name }: WebhookChannel,
  request: RawRequest,
  events: ChannelEvents | undefined,
): NewForward {
  const key = keyOf(request);
  const { headers, body } = request;
  return {
    channel: name,
    key,
    lane: laneOf(events) ?? key,
    request: { headers: passedHeaders(headers), body: body.toString('base64') },
  };
}

/** What a request says; `undefined` where it cannot be read. */
function eventsOf(channel: WebhookChannel, request: RawRequest): ChannelEvents | undefined {
  try {
    return channel.webhook.parse(request.body, request);
  } catch {
    return undefined;
  }
}

/** The customer's, whose messages keep their order, as a hash; what is nobody's has no order to keep. */
function laneOf(events: ChannelEvents | undefined): string | undefined {
  const of = events?.messages[0] ?? events?.acknowledgements[0];
  if (of?.customer === undefined) return undefined;
  return createHash('sha256').update(`${of.business}\0${of.customer}`).digest('hex');
}
