import { randomBytes } from 'node:crypto';
import type { Scheduler } from '../../middleware/ports.ts';
import type { Change, ChangeListener } from '../../middleware/receipts/changes.ts';
import type { EventLog, StreamEvent } from './eventLog.ts';

/** A change as the stream shows it: an object without its id. */
export type ChangeView = { readonly type: string; readonly conversation?: string };

/** What an {@link EventRing} is made of. */
export interface EventRingOptions {
  /** Begins to be told of changes; the answer ends it. */
  readonly listen: (listener: ChangeListener) => () => void;
  readonly view: (change: Change) => ChangeView;
  readonly scheduler: Scheduler;
  /** How many events it holds: some megabytes. Default 5000. */
  readonly size?: number;
  /** For how long it goes on for readers whose connection broke, when none is left. Default 5 minutes. */
  readonly keepMs?: number;
}

/**
 * The latest changes, in memory. Ids are `<epoch>-<number>`. It listens only while somebody reads, and some minutes longer
 * for whoever comes again: before the first reader nothing is made, and an epoch ends when it ceases to listen.
 */
export class EventRing implements EventLog {
  readonly #options: Required<EventRingOptions>;
  readonly #followers = new Set<() => void>();
  /** The event with the number n stands at n modulo the size. */
  #events: StreamEvent[] = [];
  #epoch = newEpoch();
  #latest = 0;
  #wakes = false;
  #leave: (() => void) | undefined;
  #cancelEnd = () => {};
  #closed = false;

  constructor({ size = 5000, keepMs = 5 * 60_000, ...options }: EventRingOptions) {
    this.#options = { size, keepMs, ...options };
  }

  follow(wake: () => void): () => void {
    const { listen, scheduler, keepMs } = this.#options;
    if (this.#closed) return () => {};
    this.#cancelEnd();
    this.#followers.add(wake);
    this.#leave ??= listen(change => this.#add(change));
    return () => {
      this.#followers.delete(wake);
      if (this.#followers.size > 0 || this.#leave === undefined) return;
      this.#cancelEnd();
      this.#cancelEnd = scheduler.after(keepMs, () => this.#end());
    };
  }

  async latest(): Promise<string> {
    return this.#idOf(this.#latest);
  }

  async after(id: string, limit: number): Promise<readonly StreamEvent[] | undefined> {
    const seen = this.#numberOf(id);
    const { size } = this.#options;
    if (seen === undefined || seen > this.#latest || seen < this.#latest - size) return undefined;
    const count = Math.min(limit, this.#latest - seen);
    return Array.from(
      { length: count },
      (_, index) => this.#events[(seen + 1 + index) % size] as StreamEvent,
    );
  }

  close(): void {
    this.#closed = true;
    this.#followers.clear();
    this.#cancelEnd();
    this.#end();
  }

  #add(change: Change): void {
    const view = this.#options.view(change);
    this.#latest += 1;
    const id = this.#idOf(this.#latest);
    const text = JSON.stringify({ id, ...view });
    this.#events[this.#latest % this.#options.size] = { id, conversation: view.conversation, text };
    if (this.#wakes) return;
    this.#wakes = true;
    // Whoever told of the change does not wait for its readers, and a webhook's changes wake them once.
    setImmediate(() => {
      this.#wakes = false;
      for (const wake of this.#followers) wake();
    });
  }

  /** What changes from now on is not told: nobody may take it that nothing did. */
  #end(): void {
    this.#leave?.();
    this.#leave = undefined;
    this.#events = [];
    this.#latest = 0;
    this.#epoch = newEpoch();
  }

  #idOf(number: number): string {
    return `${this.#epoch}-${number}`;
  }

  #numberOf(id: string): number | undefined {
    const [epoch, number] = id.split('-');
    return epoch === this.#epoch && /^\d{1,15}$/.test(number ?? '') ? Number(number) : undefined;
  }
}

function newEpoch(): string {
  return randomBytes(6).toString('hex');
}
