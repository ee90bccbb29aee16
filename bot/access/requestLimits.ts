import type { Clock } from '../../middleware/ports.ts';
import type { Access, Asking } from './access.ts';
import type { NetworkFrom } from './networkFrom.ts';
import { TokenBuckets } from './tokenBuckets.ts';
import { TooManyRequests } from './tooManyRequests.ts';

/** What {@link RequestLimits} are made of. */
export interface RequestLimitsParts {
  /** `BLUETICK_REQUESTS_PER_SECOND`. */
  readonly perSecond: number;
  /** Whose network a request comes from. */
  readonly networkFrom: NetworkFrom;
  readonly clock: Clock;
  /** Counts a request that was refused: of one whom we know, or of an address. */
  readonly count: (of: 'caller' | 'address') => void;
}

/** How often an address may ask of whom nothing is known. The setting does not change it: it keeps guessers out. */
const strangersPerSecond = 100;

/**
 * How often each may ask. Who has proved who they are is counted by that, however many come by one address; an address counts
 * for those who have not.
 */
export class RequestLimits {
  readonly #parts: RequestLimitsParts;
  readonly #callers: TokenBuckets;

  constructor(parts: RequestLimitsParts) {
    this.#parts = parts;
    this.#callers = new TokenBuckets(parts.perSecond, parts.clock);
  }

  /**
   * A request of somebody who is known.
   *
   * @param counted what they are counted by; absent: they are not
   * @throws TooManyRequests
   */
  checkCaller(counted: string | undefined): void {
    if (counted !== undefined) this.#check(this.#callers, counted, 'caller');
  }

  /**
   * Makes a limit for requests of strangers, with an account of its own for each address.
   *
   * @returns counts one, or throws {@link TooManyRequests}; the answer takes it back, for one who turns out to be known
   */
  forStrangers(): (request: Pick<Asking, 'socket' | 'headers'>) => () => void {
    const addresses = new TokenBuckets(strangersPerSecond, this.#parts.clock);
    return request => {
      const address = this.#parts.networkFrom(request);
      this.#check(addresses, address, 'address');
      return () => addresses.giveBack(address);
    };
  }

  #check(buckets: TokenBuckets, whose: string, of: 'caller' | 'address'): void {
    const waitMs = buckets.take(whose);
    if (waitMs === 0) return;
    this.#parts.count(of);
    throw new TooManyRequests('Too many requests: come again in a second', waitMs);
  }
}

/**
 * Lets callers in as `access` does, and none too often. Whoever comes is a stranger until they are known, so that whoever
 * guesses keys is limited by their address, right or wrong.
 */
export function limitAccess(access: Access, limits: RequestLimits): Access {
  const stranger = limits.forStrangers();
  return {
    async admit(request, needs) {
      const isKnown = stranger(request);
      const caller = await access.admit(request, needs);
      isKnown();
      limits.checkCaller(caller.counted);
      return caller;
    },
    renew: (caller, request) => access.renew(caller, request),
  };
}
