import type { Life } from '../ports.ts';

/** Others have taken over what this process was at: it leaves it to them, without a trace. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor() {
    super('Others have taken over what this process was at');
  }
}

/** A lane that this process is at work in, among others that share the store: it may have lost it and not know. */
export class Lease {
  readonly #life: Life;
  readonly #stopping: AbortSignal;

  /**
   * @param life the life in which it was taken
   * @param stopping ends the waiting of whoever cannot know
   */
  constructor(life: Life, stopping: AbortSignal) {
    this.#life = life;
    this.#stopping = stopping;
  }

  /**
   * Resolves when it is known whether the lane is this process's still; with `false` where a stop comes before. To be asked right
   * before what cannot be undone.
   */
  async holds(): Promise<boolean> {
    return this.#life.goesOn === true || this.#life.known(this.#stopping);
  }

  /** @throws LeaseLost where {@link holds} answers `false` */
  async confirm(): Promise<void> {
    if (!(await this.holds())) throw new LeaseLost();
  }
}
