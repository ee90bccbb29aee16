import type { ChangeLog } from '../../middleware/changeLog.ts';
import type { Change, ChangeListener } from '../../middleware/receipts/changes.ts';
import type { EventLog, StreamEvent } from './eventLog.ts';
import type { ChangeView } from './eventRing.ts';

/** What {@link SharedEvents} are made of. */
export interface SharedEventsOptions {
  /** Where all processes add what changes in them. */
  readonly changes: ChangeLog;
  /** Begins to be told of changes; the answer ends it. */
  readonly listen: (listener: ChangeListener) => () => void;
  readonly view: (change: Change) => ChangeView;
}

/**
 * The latest changes of all processes that share a store. Whoever reads here gets what happened elsewhere too, and may go on
 * elsewhere. This process adds its own as long as somebody reads anywhere, also after its own readers were sent away.
 */
export class SharedEvents implements EventLog {
  readonly #changes: ChangeLog;
  readonly #leaves = new Set<() => void>();
  #closed = false;

  constructor({ changes, listen, view }: SharedEventsOptions) {
    this.#changes = changes;
    changes.whenRead(() => listen(change => changes.add(view(change))));
  }

  follow(wake: () => void): () => void {
    if (this.#closed) return () => {};
    const end = this.#changes.follow(wake);
    const leave = () => {
      this.#leaves.delete(leave);
      end();
    };
    this.#leaves.add(leave);
    return leave;
  }

  latest(): Promise<string> {
    return this.#changes.latest();
  }

  after(id: string, limit: number): Promise<readonly StreamEvent[] | undefined> {
    return this.#changes.after(id, limit);
  }

  close(): void {
    this.#closed = true;
    for (const leave of this.#leaves) leave();
  }
}
