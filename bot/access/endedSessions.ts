import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { BluetickError } from '../../middleware/errors.ts';
import type { Clock, Store } from '../../middleware/ports.ts';
import { countDown, type Left } from '../../middleware/timing/countDown.ts';

/** Where they are kept, beside what bots remember. */
const key = 'bluetick/endedSessions';

/** How long what was read counts: so long after a sign-out another instance may still take the cookie. */
const holdsMs = 5000;

/** How often a change is tried again that another instance was quicker with. */
const tries = 10;

/** By its id, until when each would have lasted, in Unix milliseconds. */
type Ended = ReadonlyMap<string, number>;

const kept = z.record(z.string(), z.number());

/**
 * The sessions that were ended before their time, kept in the store, so that every instance knows of them and a restart
 * changes nothing. One that would be over anyway is forgotten with the next sign-out.
 */
export class EndedSessions {
  readonly #store: Pick<Store, 'readState' | 'writeState'>;
  readonly #clock: Clock;
  /** What was read last, and how long it still counts. */
  #known: { readonly left: Left; readonly ended: Promise<Ended> } | undefined;

  constructor(store: Pick<Store, 'readState' | 'writeState'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Whether it is one of them. Rejects with `store_unavailable` where nobody can tell. */
  async has(id: string): Promise<boolean> {
    if (this.#known === undefined || this.#known.left() === 0) {
      const ended = this.#read().then(read => read.ended);
      const known = { left: countDown(holdsMs, this.#clock), ended };
      this.#known = known;
      ended.catch(() => {
        if (this.#known === known) this.#known = undefined;
      });
    }
    return (await this.#known.ended).has(id);
  }

  /**
   * Adds one.
   *
   * @param until when it would have been over, in Unix milliseconds
   */
  async add(id: string, until: number): Promise<void> {
    for (let left = tries; left > 0; left -= 1) {
      const { ended, eTag } = await this.#read();
      const now = this.#clock.now();
      const next = new Map([...ended].filter(([, end]) => end > now)).set(id, until);
      const to = { json: JSON.stringify(Object.fromEntries(next)), eTag: randomUUID() };
      // An item that is not there has every eTag: one that nobody gives keeps two first ones apart.
      const { conflicts } = await this.#store.writeState([{ key, to, expected: eTag ?? 'none' }]);
      if (conflicts.length > 0) continue;
      this.#known = { left: countDown(holdsMs, this.#clock), ended: Promise.resolve(next) };
      return;
    }
    throw new BluetickError('store_unavailable', 'The session could not be ended: try again');
  }

  async #read(): Promise<{ readonly ended: Ended; readonly eTag: string | undefined }> {
    const [item] = await this.#store.readState([key]);
    if (item === undefined) return { ended: new Map(), eTag: undefined };
    return { ended: new Map(Object.entries(kept.parse(JSON.parse(item.json)))), eTag: item.eTag };
  }
}
