import type { Acknowledgement } from '../domain.ts';
import type { LedgerState } from '../ledger.ts';
import { foldStatus } from './fold.ts';

/** Messages whose state the door remembers: those that statuses came for last. */
const defaultLimit = 20_000;

/**
 * Keeps repeats away from the store: a status that the row is known to hold changes nothing, so nobody need look. It
 * remembers what the store has answered for a bounded number of messages; what it does not remember, the store sees.
 *
 * Providers deliver each status once or several times, in any order, most repeats within seconds.
 */
export class LedgerDoor {
  readonly #states = new Map<string, LedgerState>();
  readonly #limit: number;

  /** @param limit how many messages are remembered. Default 20,000, some 10 MB */
  constructor(limit: number = defaultLimit) {
    this.#limit = limit;
  }

  /** Whether the row of the message is known to hold the status. */
  isRepeat(status: Acknowledgement): boolean {
    const known = this.#states.get(keyOf(status));
    return known !== undefined && foldStatus(known, status) === known;
  }

  /** The store holds this status of the message. Statuses that nobody folds are not remembered. */
  remember(status: Acknowledgement, held: LedgerState): void {
    const key = keyOf(status);
    // The order of a Map is that of insertion: what is looked at last is forgotten last.
    this.#states.delete(key);
    this.#states.set(key, held);
    if (this.#states.size <= this.#limit) return;
    for (const oldest of this.#states.keys()) {
      this.#states.delete(oldest);
      break;
    }
  }

  /** How many messages are remembered. */
  get size(): number {
    return this.#states.size;
  }
}

/** A repeat names the same business and recipient: another's is no repeat, but one for the store to judge. */
function keyOf({ channel, business, providerId, customer = '' }: Acknowledgement): string {
  return `${channel}\0${business}\0${providerId}\0${customer}`;
}
