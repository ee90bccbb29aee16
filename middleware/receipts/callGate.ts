import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import PQueue from 'p-queue';
import { ProviderError } from '../errors.ts';
import type { Channel, Clock, Logger } from '../ports.ts';
import { retryDelay } from './retryDelay.ts';

/** What a call is for: replies go first, and typing, which is stale soonest, last. */
export const priorities = { send: 2, receipt: 1, typing: 0 } as const;

/** Calls under way at once to one business number: more only wait inside the provider. */
const concurrency = 50;
/** Faults of the whole provider in a row after which calls stop for a while. */
const breakerThreshold = 5;
/** How long they stop before one call tries. */
const breakerOpenMs = 10_000;

interface Gate {
  readonly queue: PQueue;
  readonly breaker: CircuitBreakerPolicy;
  /** Until when the number's credentials are taken as refused. */
  pausedUntil: number;
}

/**
 * Every call to a provider passes here: one queue a business number with the provider's rate, and one breaker that
 * counts only what is wrong with the whole provider. A recipient's fault closes nothing but that conversation.
 */
export class CallGate {
  readonly #gates = new Map<string, Gate>();
  readonly #recipients = new Map<string, number>();
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Makes a call when its turn comes.
   *
   * @throws ProviderError as the channel gave it; or one with `providerCode` `breaker_open`, `channel_paused` or
   *   `recipient_paused` where no call was made: {@link wasMade} tells.
   */
  async run<T>(
    channel: Channel,
    to: { readonly business: string; readonly conversation: string },
    priority: keyof typeof priorities,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const gate = this.#gate(channel, to.business);
    const task = async () => {
      signal.throwIfAborted();
      this.#refuseWhilePaused(gate, to.conversation);
      return gate.breaker.execute(() => call(signal));
    };
    try {
      return await gate.queue.add(task, { priority: priorities[priority] });
    } catch (error) {
      throw this.#learn(gate, to, error, signal);
    }
  }

  #gate(channel: Channel, business: string): Gate {
    const key = `${channel.name}:${business}`;
    const known = this.#gates.get(key);
    if (known !== undefined) return known;
    const gate: Gate = {
      queue: new PQueue({ concurrency, interval: 1000, intervalCap: channel.capabilities.callsPerSecond }),
      breaker: circuitBreaker(
        handleWhen(error => error instanceof ProviderError && error.providerWide),
        { halfOpenAfter: breakerOpenMs, breaker: new ConsecutiveBreaker(breakerThreshold) },
      ),
      pausedUntil: 0,
    };
    gate.breaker.onBreak(() => this.#log.warn({ channel: channel.name }, 'The provider fails; calls wait'));
    gate.breaker.onReset(() => this.#log.info({ channel: channel.name }, 'The provider answers again'));
    this.#gates.set(key, gate);
    return gate;
  }

  #refuseWhilePaused(gate: Gate, conversation: string): void {
    const now = this.#clock.now();
    if (gate.pausedUntil > now) {
      throw notMade('auth', 'channel_paused', gate.pausedUntil - now);
    }
    const until = this.#recipients.get(conversation);
    if (until === undefined) return;
    if (until > now) throw notMade('recipient', 'recipient_paused', until - now);
    this.#recipients.delete(conversation);
  }

  #learn(
    gate: Gate,
    to: { business: string; conversation: string },
    error: unknown,
    signal: AbortSignal,
  ): unknown {
    if (error instanceof BrokenCircuitError) return notMade('transient', 'breaker_open', breakerOpenMs);
    if (!(error instanceof ProviderError)) {
      return signal.aborted ? notMade('transient', 'aborted', undefined) : error;
    }
    if (!wasMade(error)) return error;
    const until = this.#clock.now() + retryDelay(error, 1, 0.5);
    if (error.fault === 'recipient') this.#recipients.set(to.conversation, until);
    if (error.fault === 'auth') {
      gate.pausedUntil = until;
      this.#log.error(
        { code: error.providerCode },
        'The provider refuses our credentials: the number pauses, what is owed waits',
      );
    }
    return error;
  }
}

const unmade = new Set(['breaker_open', 'channel_paused', 'recipient_paused']);

/** Whether a failed call really went out; one that did not is not counted as a try. */
export function wasMade(error: ProviderError): boolean {
  return !unmade.has(error.providerCode);
}

function notMade(
  fault: ProviderError['fault'],
  providerCode: string,
  retryAfterMs: number | undefined,
): ProviderError {
  return new ProviderError(`No call was made: ${providerCode}`, {
    fault,
    providerCode,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
