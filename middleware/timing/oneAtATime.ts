/**
 * Runs what has one key one at a time, in the order in which it came; other keys go on beside. For this process alone:
 * where several share a store, it is for the store to say who was first.
 */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `act` behind what came before it, however that ended. It must not ask for its own key: it would wait for itself. */
  async run<T>(key: string, act: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const own = before === undefined ? act() : before.then(act, act);
    this.#last.set(key, own);
    try {
      return await own;
    } finally {
      if (this.#last.get(key) === own) this.#last.delete(key);
    }
  }
}
