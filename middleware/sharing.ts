/**
 * What processes that share a store do together. A store that one process has to itself has none of it.
 *
 * @module
 */
import type { ChangeLog } from './changeLog.ts';

/** Something that happened in one of the processes, which the others want to know. */
export type News =
  /** Something is due, or may be: whoever has room looks for it. */
  | { readonly what: 'due' }
  /** A policy was put or taken away. */
  | { readonly what: 'policies' };

/**
 * A life of a process among those that share a store. What it leases is its own in that life. A process that the others have
 * taken for dead, and that lives, begins another one.
 */
export interface Life {
  /**
   * Whether what was leased in it is this process's still. `true`: nobody can have taken it over yet. `false`: it is over, and
   * others may be at it. `undefined`: the process was not heard for so long that it cannot know before it is heard again.
   */
  readonly goesOn: boolean | undefined;
  /** Resolves when that is known, with whether it goes on; with `false` where the signal aborts before. It never rejects. */
  known(signal: AbortSignal): Promise<boolean>;
}

/** The processes that share a store, as one of them sees it. */
export interface Sharing {
  /** The life that this process has now. */
  readonly life: Life;
  /** How many there are now, this one included: whoever has a limit for all of them takes this part of it. */
  readonly instances: number;
  /** Calls a listener with what happens in other processes, and with all of it once when some may have been missed; the answer takes it away. */
  onNews(listener: (news: News) => void): () => void;
  /**
   * Runs `act` while no other process, and nobody else in this one, runs one under the same key; in the order in which they came
   * here. It must not ask for its own key: it would wait for itself.
   *
   * @throws BluetickError `store_unavailable` if it cannot be known who else does
   */
  alone<T>(key: string, act: () => Promise<T>): Promise<T>;
  /** What changed lately in all of them. */
  readonly changes: ChangeLog;
}
