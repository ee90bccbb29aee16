import type { Life } from '../../sharing.ts';
import type { Elapsed } from '../../timing/systemClock.ts';

/** After so long without a word a process is dead. With the heartbeat of the one that notices it stays under 9 seconds. */
export const deadAfterMs = 7500;

/**
 * For so long after it began to say that it is there a process knows that nobody has taken it for dead: the others count from when
 * the database heard it, which is later. The second in between is for a call to get to its socket.
 */
export const sureForMs = deadAfterMs - 1000;

/** A life of an instance: it begins when the instance gets its number, and ends when the others have taken that away. */
export class InstanceLife implements Life {
  /** Since it began to say so last. */
  #sinceSaid: Elapsed;
  #isOver = false;
  #news = Promise.withResolvers<void>();

  /** @param sinceSaid since it began to say that it is there */
  constructor(sinceSaid: Elapsed) {
    this.#sinceSaid = sinceSaid;
  }

  get goesOn(): boolean | undefined {
    if (this.#isOver) return false;
    return this.#sinceSaid() < sureForMs ? true : undefined;
  }

  async known(signal: AbortSignal): Promise<boolean> {
    const abort = () => this.#tell();
    signal.addEventListener('abort', abort);
    while (this.goesOn === undefined && !signal.aborted) await this.#news.promise;
    signal.removeEventListener('abort', abort);
    return this.goesOn === true;
  }

  /** The database has heard that it is there. */
  confirm(sinceSaid: Elapsed): void {
    this.#sinceSaid = sinceSaid;
    this.#tell();
  }

  /** What was leased in it is somebody else's. */
  end(): void {
    this.#isOver = true;
    this.#tell();
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
