import { api } from './api.ts';
import type { LiveEvent } from './liveEvent.ts';

export type { LiveEvent };

/** How long it waits before it comes again, in milliseconds: doubled each time, to the longest. */
const firstWaitMs = 250;
const longestWaitMs = 10_000;

/** The stream of the host says that the session is over (`docs/stream.md`). */
const sessionOver = 4401;

/**
 * What changes at the host, as it changes. A connection that is lost is made again, and goes on behind the last event.
 *
 * Events: `change`, a `CustomEvent<LiveEvent>`; `reload`, when what is shown must be loaded anew, as there may be a gap, also
 * for the first time; `state`, when {@link isOpen} has changed.
 */
export class Live extends EventTarget {
  #socket: WebSocket | undefined;
  #last: string | undefined;
  #waitMs = firstWaitMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;

  /** Whether events come now. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Begins to listen; what was heard before is forgotten. */
  start(): void {
    this.stop();
    this.#connect();
  }

  /** Ends. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#last = undefined;
    this.#socket?.close();
    this.#socket = undefined;
    this.#tellState(false);
  }

  #connect(): void {
    const address = new URL('/api/v1/stream', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    if (this.#last !== undefined) address.searchParams.set('after', this.#last);
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(socket, JSON.parse(data));
    socket.onclose = ({ code }) => this.#lose(socket, code);
  }

  #hear(socket: WebSocket, event: LiveEvent): void {
    if (socket !== this.#socket) return;
    const isFirst = this.#last === undefined;
    this.#last = event.id;
    this.#waitMs = firstWaitMs;
    this.#tellState(true);
    if (event.type === 'reset' || (event.type === 'ready' && isFirst))
      this.dispatchEvent(new Event('reload'));
    else if (event.type !== 'ready') this.dispatchEvent(new CustomEvent('change', { detail: event }));
  }

  #lose(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#tellState(false);
    if (code === sessionOver) {
      api.ended();
      return;
    }
    // So that those who lost the host together do not come again together.
    const waitMs = this.#waitMs * (0.8 + 0.4 * Math.random());
    this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
    this.#timer = setTimeout(() => this.#connect(), waitMs);
  }

  #tellState(isOpen: boolean): void {
    if (this.#isOpen === isOpen) return;
    this.#isOpen = isOpen;
    this.dispatchEvent(new Event('state'));
  }
}

/** The one of this page. */
export const live = new Live();
