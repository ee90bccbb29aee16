import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { describeError } from '../../middleware/errors.ts';
import type { Clock, Logger } from '../../middleware/ports.ts';
import type { EventLog } from './eventLog.ts';
import type { StreamCaller } from './streamCaller.ts';

/** Why the host ends a stream: the code and the reason of the close frame. */
export const endings = {
  /** The host stops, or is started anew. */
  stops: [1001, 'The host stops: come again'],
  /** A stream is for reading. */
  speaks: [1008, 'The stream takes no messages'],
  failed: [1011, 'The stream failed: come again'],
  over: [4401, 'The session or the token is over'],
  tooSlow: [4408, 'Too slow: come again, and load anew'],
} as const satisfies Readonly<Record<string, readonly [code: number, reason: string]>>;

/** So many bytes may wait in the socket of a reader; more are not written until they are gone. */
const bufferLimit = 256 * 1024;

/** So many events are read at once. */
const batchSize = 200;

/** What readers share. */
export interface ReaderParts {
  readonly events: EventLog;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * One who reads the stream. It takes events from the log at its own pace: what it has not read yet waits in the log, which is
 * the same for all, and never for it. One whose next event the log holds no more is cut.
 */
export class StreamReader {
  readonly #parts: ReaderParts;
  readonly #socket: WebSocket;
  readonly #caller: StreamCaller;
  /** The id behind which the next event is. */
  #place: string;
  #state: 'idle' | 'busy' | 'woken' = 'idle';
  /** Whether the last ping was answered. */
  #alive = true;

  private constructor(parts: ReaderParts, socket: WebSocket, caller: StreamCaller, place: string) {
    this.#parts = parts;
    this.#socket = socket;
    this.#caller = caller;
    this.#place = place;
    socket.on('pong', () => {
      this.#alive = true;
    });
    socket.on('message', () => this.end('speaks'));
    // What the other side did wrong: ws closes the connection after it.
    socket.on('error', () => {});
  }

  /**
   * Begins: the first event is `ready`, or `reset` where what came behind `after` is not all there.
   *
   * @param carrier what the socket writes to
   */
  static async begin(
    parts: ReaderParts,
    { socket, carrier, caller, after }: NewReader,
  ): Promise<StreamReader> {
    const { events } = parts;
    const resumes = after !== undefined && (await events.after(after, 1)) !== undefined;
    const place = resumes ? after : await events.latest();
    const reader = new StreamReader(parts, socket, caller, place);
    socket.send(JSON.stringify({ id: place, type: resumes || after === undefined ? 'ready' : 'reset' }));
    const leave = events.follow(() => reader.wake());
    socket.once('close', leave);
    carrier.on('drain', () => reader.wake());
    reader.wake();
    return reader;
  }

  /** There may be something to write. */
  wake(): void {
    if (this.#state === 'idle') void this.#write();
    else this.#state = 'woken';
  }

  /** Asks whether the other side is there; one that has not answered since the last time is cut. */
  beat(): void {
    if (this.#isOver()) this.end('over');
    else if (!this.#alive) this.end('tooSlow');
    else {
      this.#alive = false;
      this.#socket.ping();
      void this.#askSession();
    }
  }

  /** Whether another instance has ended the session; where nobody can tell, the next beat asks again. */
  async #askSession(): Promise<void> {
    const hasEnded = await this.#caller.hasEnded?.().catch(() => false);
    if (hasEnded) this.end('over');
  }

  /** Ends it, saying why. Whoever does not answer that is cut off by ws (`closeTimeout`). */
  end(why: keyof typeof endings): void {
    const [code, reason] = endings[why];
    this.#socket.close(code, reason);
  }

  async #write(): Promise<void> {
    this.#state = 'busy';
    try {
      while (this.#isOpen() && (await this.#writeSome()));
    } catch (error) {
      this.#parts.log.error(describeError(error), 'A stream failed');
      this.end('failed');
    }
    // Woken while it was looking for the last time.
    const again = (this.#state as string) === 'woken' && this.#isOpen();
    this.#state = 'idle';
    if (again) this.wake();
  }

  /** Writes what fits; answers whether there may be more that does. */
  async #writeSome(): Promise<boolean> {
    // The socket says when it has room.
    if (!this.#hasRoom()) return false;
    const events = await this.#parts.events.after(this.#place, batchSize);
    if (events === undefined) this.end('tooSlow');
    else if (this.#isOver()) this.end('over');
    if (events === undefined || !this.#isOpen()) return false;
    for (const event of events) {
      if (!this.#hasRoom()) return false;
      if (this.#caller.sees(event)) this.#socket.send(event.text);
      this.#place = event.id;
    }
    return events.length > 0;
  }

  #hasRoom(): boolean {
    return this.#socket.bufferedAmount <= bufferLimit;
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #isOver(): boolean {
    const { until } = this.#caller;
    return until !== undefined && this.#parts.clock.now() >= until;
  }
}

/** Who comes to read. */
export interface NewReader {
  readonly socket: WebSocket;
  readonly carrier: Duplex;
  readonly caller: StreamCaller;
  /** The id of the last event that it has; `undefined`: it has none. */
  readonly after: string | undefined;
}
