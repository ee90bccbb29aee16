/**
 * Lets tests wait for something to become true, with a deadline, instead of sleeping. Whoever changes something
 * calls {@link Waiting.changed}; everybody who waits then looks again.
 */
export class Waiting {
  readonly #looks = new Set<() => void>();
  readonly #stops = new Set<() => void>();

  /** Something has changed. */
  changed(): void {
    for (const look of [...this.#looks]) look();
  }

  /**
   * Resolves with the first answer of `look` that is neither `undefined` nor `false`.
   *
   * @param look asked at once, and again after each change
   * @param deadlineMs real milliseconds
   * @param what what is waited for, for the message of the error
   * @throws Error when the deadline passes, or at {@link Waiting.stop}
   */
  async for<T>(look: () => T | undefined | false, deadlineMs: number, what: () => string): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const tryNow = () => {
      try {
        const found = look();
        if (found !== undefined && found !== false) resolve(found);
      } catch (error) {
        reject(error);
      }
    };
    const stop = () => reject(new Error(`The simulator was closed while waiting: ${what()}`));
    const timer = setTimeout(() => reject(new Error(`Not within ${deadlineMs} ms: ${what()}`)), deadlineMs);
    this.#looks.add(tryNow);
    this.#stops.add(stop);
    try {
      tryNow();
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#looks.delete(tryNow);
      this.#stops.delete(stop);
    }
  }

  /** Ends every wait with an error, so that nothing is left running. */
  stop(): void {
    for (const stop of [...this.#stops]) stop();
  }
}
