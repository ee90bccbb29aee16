import type { ServerResponse } from 'node:http';
import type { Phone } from './phone.ts';
import type { PhoneChange, PhoneEvent } from './phoneScreen.ts';

/** How much a page may be behind, in bytes, before it is cut off. It comes back, and gets the phone as it is then. */
const behindLimit = 4 * 1024 * 1024;

/**
 * Those who read along with a phone, by Server-Sent Events: `phone`, with all that it shows, then a `change` for each thing
 * that happens (see {@link PhoneChange}). Whoever comes again gets the phone anew, so nothing is missed.
 */
export class PhoneReaders {
  readonly #readers = new Map<Phone, Set<ServerResponse>>();

  /** Lets somebody read, until they go. */
  add(phone: Phone, response: ServerResponse): void {
    const readers = this.#readers.get(phone) ?? new Set();
    this.#readers.set(phone, readers.add(response));
    response.once('close', () => {
      readers.delete(response);
      if (readers.size === 0) this.#readers.delete(phone);
    });
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(eventOf('phone', phone));
  }

  /** Tells those who read along with a phone what happened on it. */
  tell(phone: Phone, event: PhoneEvent): void {
    const readers = this.#readers.get(phone);
    if (readers === undefined) return;
    const written = eventOf('change', changeOf(phone, event));
    for (const response of readers) {
      if (response.writableLength > behindLimit) response.destroy();
      else response.write(written);
    }
  }

  /** Ends them all. */
  close(): void {
    for (const readers of this.#readers.values()) for (const response of readers) response.end();
  }
}

function changeOf(phone: Phone, event: PhoneEvent): PhoneChange {
  const { typing, online, isOpen: open, readReceipts, messages } = phone;
  const message = messages.findLast(({ id }) => id === event.messageId);
  return { event, ...(message && { message }), typing, online, open, readReceipts };
}

function eventOf(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
