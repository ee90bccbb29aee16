import type { LoggedChange } from '../../../changeLog.ts';
import type { Clock, Logger, Scheduler } from '../../../ports.ts';
import { Lookout } from '../../../timing/lookout.ts';
import type { ChangeTable, PlacedChange } from './changeTable.ts';
import { isBehind, type Place, placeOf } from './place.ts';

/** How many changes are held: some megabytes. Whoever is further behind reads the table. */
const sizeLimit = 5000;
/** Read at once. */
const readLimit = 1000;
/** How soon what nobody may read yet is asked for again: ours end within that. */
const pendingMs = 20;
/** How soon at the latest. In between after as long as it has been waited for. */
const longestPendingMs = 1000;

/** What a {@link ChangeTail} works with. */
export interface ChangeTailParts {
  readonly table: Pick<ChangeTable, 'latest' | 'after'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** The latest changes of all processes, in memory: the table is read once for all who follow here, and not while nobody does. */
export class ChangeTail {
  readonly #parts: ChangeTailParts;
  readonly #lookout: Lookout;
  readonly #followers = new Set<() => void>();
  /** All changes behind the place `from`, as far as they were read; absent: none were. */
  #held: { from: Place; changes: PlacedChange[] } | undefined;
  /** Since when there is something that nobody may read yet, and nothing came of asking; `undefined`: there is not. */
  #pendingSince: number | undefined;

  constructor(parts: ChangeTailParts) {
    this.#parts = parts;
    this.#lookout = new Lookout({ ...parts, what: 'what changed', look: () => this.#read() });
  }

  /** Whether anybody follows here. */
  get followed(): boolean {
    return this.#followers.size > 0;
  }

  /** Calls `wake` when there is something to read; the answer ends it. */
  follow(wake: () => void): () => void {
    this.#followers.add(wake);
    if (this.#followers.size === 1) this.#lookout.start();
    return () => {
      if (!this.#followers.delete(wake) || this.followed) return;
      this.#held = undefined;
      void this.#lookout.stop();
    };
  }

  /** Some changes were added, or the log is another. */
  look(): void {
    this.#lookout.look();
  }

  /** Follows no more, and resolves when nothing is under way. */
  close(): Promise<void> {
    this.#followers.clear();
    this.#held = undefined;
    return this.#lookout.stop();
  }

  /** As `ChangeReading.after`: from memory, or from the table what is not held. */
  async after(id: string, limit: number): Promise<readonly LoggedChange[] | undefined> {
    const place = placeOf(id);
    if (place === undefined) return undefined;
    return this.#after(place, limit) ?? (await this.#parts.table.after(place, limit))?.changes;
  }

  /** What is held behind a place; `undefined`: not all that is behind it is held, or it is further than what was read. */
  #after(place: Place, limit: number): readonly PlacedChange[] | undefined {
    if (this.#held === undefined) return undefined;
    const { from, changes } = this.#held;
    if (place.epoch !== from.epoch || isBehind(from, place)) return undefined;
    const to = changes.at(-1)?.place ?? from;
    if (isBehind(place, to)) return undefined;
    // Most readers are near the end.
    const last = changes.findLastIndex(change => !isBehind(change.place, place));
    return changes.slice(last + 1, last + 1 + limit);
  }

  async #read(): Promise<number | undefined> {
    const { table, clock } = this.#parts;
    while (this.followed) {
      if (this.#held === undefined) {
        const from = await table.latest();
        if (from === undefined) return undefined;
        this.#held = { from, changes: [] };
        // Whoever has read just before may have missed what came before this place.
        this.#wake();
      }
      const { from, changes } = this.#held;
      // What ends within milliseconds is not asked about: that would be at each look of a busy system.
      const read = await table.after(
        changes.at(-1)?.place ?? from,
        readLimit,
        this.#pendingSince !== undefined,
      );
      if (read === undefined) {
        // The log is another now: those who read find that out when they ask.
        this.#held = undefined;
        this.#pendingSince = undefined;
        continue;
      }
      changes.push(...read.changes);
      const surplus = changes.splice(0, Math.max(changes.length - sizeLimit, 0));
      this.#held = { from: surplus.at(-1)?.place ?? from, changes };
      if (read.changes.length > 0) this.#wake();
      if (read.changes.length === readLimit) continue;
      const now = clock.now();
      if (!read.pending || read.changes.length > 0) this.#pendingSince = undefined;
      if (!read.pending) return undefined;
      this.#pendingSince ??= now;
      return now + Math.min(Math.max(now - this.#pendingSince, pendingMs), longestPendingMs);
    }
    return undefined;
  }

  #wake(): void {
    for (const wake of this.#followers) wake();
  }
}
