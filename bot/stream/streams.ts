import { BluetickError } from '../../middleware/errors.ts';
import type { Scheduler } from '../../middleware/ports.ts';
import type { StreamCaller } from './streamCaller.ts';
import { type NewReader, type ReaderParts, StreamReader } from './streamReader.ts';

/** What {@link Streams} work with. */
export interface StreamsOptions extends ReaderParts {
  readonly scheduler: Scheduler;
  /** How often each reader is asked whether it is there. Default 20 s, below the idle limits of common proxies. */
  readonly heartbeatMs?: number;
  /** The most streams at once. Default 1000. */
  readonly limit?: number;
  /** The most of one agent, where a token opens them. Default 10. */
  readonly limitEach?: number;
}

/** All who read the stream now. */
export class Streams {
  readonly #options: Required<StreamsOptions>;
  readonly #readers = new Map<StreamReader, NewReader>();
  readonly #counts = new Map<string, number>();
  #open = 0;
  #closing = false;
  #stopBeating = () => {};

  constructor({ heartbeatMs = 20_000, limit = 1000, limitEach = 10, ...options }: StreamsOptions) {
    this.#options = { heartbeatMs, limit, limitEach, ...options };
  }

  /** How many there are. */
  get size(): number {
    return this.#open;
  }

  /**
   * Counts one more stream, before it is there; the answer says that it has ended.
   *
   * @throws BluetickError `rate_limited` where there are too many, `store_unavailable` where the host stops
   */
  admit({ counted }: StreamCaller): () => void {
    const { limit, limitEach } = this.#options;
    if (this.#closing) throw new BluetickError('store_unavailable', 'The host stops: come again');
    const own = counted === undefined ? 0 : (this.#counts.get(counted) ?? 0);
    if (this.#open >= limit || own >= limitEach)
      throw new BluetickError('rate_limited', 'Too many streams are open: close one, or come again later');
    const count = (by: number) => {
      this.#open += by;
      if (counted === undefined) return;
      const left = (this.#counts.get(counted) ?? 0) + by;
      if (left > 0) this.#counts.set(counted, left);
      else this.#counts.delete(counted);
    };
    count(1);
    return () => count(-1);
  }

  /** Begins a stream that was admitted. */
  async begin(given: NewReader): Promise<void> {
    const reader = await StreamReader.begin(this.#options, given);
    const { socket } = given;
    if (this.#closing) reader.end('stops');
    this.#readers.set(reader, given);
    if (this.#readers.size === 1) this.#beatLater();
    const leave = () => {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#stopBeating();
    };
    if (socket.readyState === socket.CLOSED) leave();
    else socket.once('close', leave);
  }

  /** Ends those that are read in a session, as it has ended. */
  endSession(session: string): void {
    for (const [reader, { caller }] of this.#readers) if (caller.session === session) reader.end('over');
  }

  /** Ends all of them, as keys have gone by which some came in: whoever may still read comes again. */
  endAll(): void {
    for (const reader of this.#readers.keys()) reader.end('over');
  }

  /** Ends all of them, and takes no more. It resolves when the last one is gone. */
  async close(): Promise<void> {
    this.#closing = true;
    const ended = [...this.#readers].map(([reader, { socket }]) => {
      const closed = new Promise(resolve => socket.once('close', resolve));
      reader.end('stops');
      return closed;
    });
    await Promise.all(ended);
    this.#options.events.close();
  }

  #beatLater(): void {
    const { scheduler, heartbeatMs } = this.#options;
    this.#stopBeating = scheduler.after(heartbeatMs, () => {
      for (const reader of this.#readers.keys()) reader.beat();
      if (this.#readers.size > 0) this.#beatLater();
    });
  }
}
