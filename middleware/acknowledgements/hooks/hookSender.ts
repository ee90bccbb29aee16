import { describeError, ProviderError } from '../../errors.ts';
import type { Clock, HookDelivery, Logger, Scheduler, Store } from '../../ports.ts';
import { findAboutOutbound } from '../../telemetry/aboutOutbound.ts';
import { countDown, type Left } from '../../timing/countDown.ts';
import { endWithin } from '../../timing/endWithin.ts';
import { Lookout } from '../../timing/lookout.ts';
import { hookBody } from './hookBody.ts';
import type { HookClient } from './hookClient.ts';
import { hookLifetimeMs, retryHookAfter } from './retryHookAfter.ts';

/** Tries under way at once. */
const activeLimit = 50;
/** Claimed at once, and under way to one address before no more are claimed for it: one that hangs leaves room for others. */
const targetLimit = 10;
/** After so long we may try again what we had claimed, as what came of it could not be kept: longer than a try takes. */
const leaseMs = 30_000;
/** How long tries under way may take to end when we stop. */
const stopPatienceMs = 5000;

/** How many web hooks ended how since the start, for metrics. */
export interface HookCounts {
  /** The receiver answered 2xx. */
  readonly delivered: number;
  /** Tries that failed, and are made again. */
  readonly retried: number;
  /** Given up: after the last try, too old, because the receiver is gone, or because the allow-list does not have it. */
  readonly givenUp: number;
  /** Dropped by the store, as too many waited for their address. */
  readonly dropped: number;
}

/** What a sender needs from the outside. */
export interface HookSenderParts {
  readonly store: Pick<Store, 'claimHooks' | 'endHook' | 'outbound' | 'sharing'>;
  readonly client: HookClient;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** A source of numbers from 0 up to 1, for the jitter of retries. */
  readonly random: () => number;
}

/** An address that web hooks go to, as long as this process runs. */
interface Target {
  active: number;
  /** How long it still asks us to wait. */
  pauseLeft: Left;
  /** It answered 410: it wants no more. */
  gone: boolean;
  /** Something that waited for it has become too old, and the log says so. */
  late: boolean;
}

/** What came of a try that failed. */
interface Failed {
  readonly level: 'info' | 'warn';
  /** What the log says. */
  readonly says: string;
  readonly retryAt: number | undefined;
}

/**
 * Sends the store's web hooks: at least once each, under the same id at every try, and again on the schedule of Standard
 * Webhooks. What a process was at when it ended is due again for the next, or for the others as soon as they know.
 */
export class HookSender {
  readonly #parts: HookSenderParts;
  readonly #lookout: Lookout;
  readonly #targets = new Map<string, Target>();
  readonly #active = new Set<Promise<void>>();
  readonly #counts = { delivered: 0, retried: 0, givenUp: 0, dropped: 0 };
  readonly #listening: string[] = [];
  #stopping = new AbortController();

  constructor(parts: HookSenderParts) {
    this.#parts = parts;
    const { sharing } = parts.store;
    this.#lookout = new Lookout({ ...parts, sharing, what: 'web hooks', look: () => this.#claim() });
  }

  /** How many ended how so far. */
  get counts(): HookCounts {
    return { ...this.#counts };
  }

  /**
   * Of addresses that are told of everything, those that want to be. It changes: what answers 410 leaves it, so that
   * nothing is kept for it any more.
   */
  listening(urls: readonly string[]): readonly string[] {
    this.#listening.push(...urls);
    return this.#listening;
  }

  /** Begins with whatever is due already. */
  start(): void {
    this.#stopping = new AbortController();
    this.#lookout.start();
  }

  /** Takes no new ones, and resolves when the tries under way have ended; those that take long are stopped. */
  async stop(): Promise<void> {
    await this.#lookout.stop();
    const ended = Promise.all(this.#active).then(() => {});
    await endWithin(this.#parts.scheduler, { abort: this.#stopping, ended }, stopPatienceMs);
  }

  /** Web hooks have been added: somebody looks at once. */
  wake(): void {
    this.#lookout.wakeAt(this.#parts.clock.now());
  }

  /** Begins with what is due, as far as there is room. Whatever ends looks again. */
  async #claim(): Promise<number | undefined> {
    const { store, clock, log } = this.#parts;
    while (this.#lookout.running && this.#active.size < activeLimit) {
      const limit = Math.min(targetLimit, activeLimit - this.#active.size);
      const now = clock.now();
      const busy = this.#busyTargets(now);
      const { hooks, nextDueAt, dropped } = await store.claimHooks(now, limit, leaseMs, busy);
      if (dropped > 0 && this.#counts.dropped === 0)
        log.warn({ dropped }, 'Too many web hooks wait for an address: the oldest are dropped from now on');
      this.#counts.dropped += dropped;
      for (const hook of hooks) this.#take(hook);
      if (hooks.length < limit) return nextDueAt;
    }
    return undefined;
  }

  /** The addresses that nothing is claimed for now; the end of each pause has a timer. */
  #busyTargets(now: number): string[] {
    const busy: string[] = [];
    for (const [url, { active, pauseLeft }] of this.#targets) {
      const leftMs = pauseLeft();
      if (active >= targetLimit || leftMs > 0) busy.push(url);
      if (leftMs > 0) this.#lookout.wakeAt(now + leftMs);
    }
    return busy;
  }

  #take(hook: HookDelivery): void {
    const target = this.#targets.get(hook.url) ?? { active: 0, pauseLeft: () => 0, gone: false, late: false };
    this.#targets.set(hook.url, target);
    target.active += 1;
    const sending = this.#send(hook, target).finally(() => {
      target.active -= 1;
      this.#active.delete(sending);
      this.#lookout.look();
    });
    this.#active.add(sending);
  }

  async #send(hook: HookDelivery, target: Target): Promise<void> {
    const { store, log } = this.#parts;
    try {
      const isLate = this.#isLate(hook);
      const end = target.gone || isLate ? this.#giveUp() : await this.#try(hook, target);
      if (isLate && !target.gone) await this.#tellLate(hook, target);
      if (end !== undefined) await store.endHook(hook.id, end.retryAt);
    } catch (error) {
      // It goes out again when its lease ends.
      log.error(
        { ...(await this.#about(hook)), ...describeError(error) },
        'What became of a web hook cannot be kept',
      );
    }
  }

  /** One try. Answers how it ends; `undefined`: we stopped it, and it is as if it had not been made. */
  async #try(hook: HookDelivery, target: Target): Promise<{ retryAt: number | undefined } | undefined> {
    const { client, log } = this.#parts;
    const { id, url, event, attempts } = hook;
    const { signal } = this.#stopping;
    try {
      await client.post({ id, url, body: hookBody(event) }, signal);
      this.#counts.delivered += 1;
      return { retryAt: undefined };
    } catch (error) {
      if (signal.aborted) return undefined;
      const { level, says, retryAt } = this.#conclude(hook, target, error);
      // Asking what the message answers is for the line alone.
      if (log.isLevelEnabled?.(level) !== false)
        log[level]({ ...(await this.#about(hook)), try: attempts + 1, ...describeError(error) }, says);
      return { retryAt };
    }
  }

  /** What follows from a try that failed, at once, for the address too. */
  #conclude({ url, attempts }: HookDelivery, target: Target, error: unknown): Failed {
    const { clock, random } = this.#parts;
    const fault = error instanceof ProviderError ? error : undefined;
    const code = fault?.providerCode;
    if (code === 'http_410') {
      target.gone = true;
      const place = this.#listening.indexOf(url);
      if (place >= 0) this.#listening.splice(place, 1);
      const says = 'The receiver wants no more web hooks: it gets none until the next start';
      return { level: 'warn', says, ...this.#giveUp() };
    }
    const waitMs = code === 'not_allowed' ? undefined : retryHookAfter(attempts + 1, random());
    if (waitMs === undefined) return { level: 'warn', says: 'A web hook is given up', ...this.#giveUp() };
    this.#counts.retried += 1;
    const { retryAfterMs = 0 } = fault ?? {};
    const now = clock.now();
    if (retryAfterMs > target.pauseLeft()) target.pauseLeft = countDown(retryAfterMs, clock);
    const retryAt = now + Math.max(waitMs, retryAfterMs);
    return { level: 'info', says: 'A web hook failed and is tried again', retryAt };
  }

  /** Whether so much waited for an address that its tries would be over by now. */
  #isLate({ createdAt }: HookDelivery): boolean {
    return this.#parts.clock.now() - createdAt > hookLifetimeMs;
  }

  async #tellLate(hook: HookDelivery, target: Target): Promise<void> {
    if (target.late) return;
    target.late = true;
    this.#parts.log.warn(await this.#about(hook), 'Web hooks have become too old: they are given up');
  }

  /** What a line says of a web hook, and of the message that it tells of. */
  async #about({ id, url, event }: HookDelivery): Promise<object> {
    const message = 'message' in event && (await findAboutOutbound(this.#parts.store, event));
    return { hook: id, target: originOf(url), ...message };
  }

  #giveUp(): { retryAt: undefined } {
    this.#counts.givenUp += 1;
    return { retryAt: undefined };
  }
}

/** What a log may tell of an address: paths and queries of web hooks hold secrets. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'none';
}
