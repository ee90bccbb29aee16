/**
 * Files that any of the processes that share a store can hand out, whichever of them took them in.
 *
 * @module
 */

/** What is known of a file. */
export interface SharedFile {
  /** Whatever its keeper wants to know of it. */
  readonly about: string;
  /** In bytes. */
  readonly size: number;
  /** From when on it may be deleted, in Unix milliseconds. */
  readonly expiresAt: number;
}

/** Keeps files, for whoever knows their ids. */
export interface SharedFiles {
  /**
   * Keeps a file: nothing of it is there before all of it is, and nothing stays of one whose body breaks off.
   *
   * @param id a new one, that nobody can guess
   * @param now in Unix milliseconds
   * @returns its size in bytes
   * @throws BluetickError `store_unavailable`, also where there is no more room for files; whatever the body throws
   */
  keep(
    id: string,
    file: Omit<SharedFile, 'size'> & { readonly body: AsyncIterable<Uint8Array> },
    now: number,
  ): Promise<number>;
  /** A file by its id, to be read at its reader's pace; `undefined`: there is none. One that has expired may still be there. */
  open(id: string): Promise<(SharedFile & { readonly body: AsyncIterable<Uint8Array> }) | undefined>;
  /** Deletes a file; one that is not there is no fault. */
  remove(id: string): Promise<void>;
  /** Deletes what has expired, and what was left unfinished an hour ago; answers how many files. */
  sweep(now: number): Promise<number>;
}
