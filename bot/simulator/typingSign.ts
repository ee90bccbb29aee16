import type { Timers } from './timers.ts';

/** "typing…" on a phone. */
export class TypingSign {
  readonly #showMs: number;
  readonly #timers: Timers;
  readonly #changed: (shown: boolean) => void;
  #stop: (() => void) | undefined;

  /**
   * @param showMs how long it shows, in milliseconds
   * @param changed told when it appears and when it goes
   */
  constructor(showMs: number, timers: Timers, changed: (shown: boolean) => void) {
    this.#showMs = showMs;
    this.#timers = timers;
    this.#changed = changed;
  }

  /** Whether it shows. */
  get isShown(): boolean {
    return this.#stop !== undefined;
  }

  /** Shows it; again: from now on (that a repeat prolongs it is not documented). */
  show(): void {
    const wasShown = this.isShown;
    this.#stop?.();
    this.#stop = this.#timers.after(this.#showMs, () => this.hide());
    if (!wasShown) this.#changed(true);
  }

  /** Takes it away, if it is there. */
  hide(): void {
    if (this.#stop === undefined) return;
    this.#stop();
    this.#stop = undefined;
    this.#changed(false);
  }
}
