import type { IncomingHttpHeaders } from 'node:http';

/** What the headers of a repeatable call say. */
export interface Repeatable {
  readonly id: string;
  /** Unix milliseconds. */
  readonly firstSent: number;
}

/** Reads the two Repeatability headers: both or neither, a GUID and an HTTP date. `malformed` is answered 400. */
export function readRepeatable(headers: IncomingHttpHeaders): Repeatable | undefined | 'malformed' {
  const { 'repeatability-request-id': id, 'repeatability-first-sent': date } = headers;
  if (id === undefined && date === undefined) return undefined;
  if (typeof id !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return 'malformed';
  if (typeof date !== 'string' || new Date(date).toUTCString() !== date) return 'malformed';
  return { id, firstSent: Date.parse(date) };
}

/**
 * The service's memory of calls (OASIS Repeatable Requests): a call that comes again with the same id and first time is
 * answered as it was, and not carried out again. Of two readings of "the combination is invalid" this has the strict one:
 * a known id with another first time is rejected. Nothing is known for longer than a first time may be old.
 */
export class RepeatMemory {
  readonly #answers = new Map<string, { readonly firstSent: number; readonly answer: object }>();
  /** How old a first time may be, in milliseconds. Azure does not say. */
  readonly #rangeMs: number;

  constructor(rangeMs: number) {
    this.#rangeMs = rangeMs;
  }

  /** Carries a call out, or answers it from memory. */
  perform({ id, firstSent }: Repeatable, carryOut: () => object): object | 'rejected' {
    const isBeyond = (time: number) => Math.abs(Date.now() - time) > this.#rangeMs;
    for (const [old, call] of this.#answers) if (isBeyond(call.firstSent)) this.#answers.delete(old);
    if (isBeyond(firstSent)) return 'rejected';
    const known = this.#answers.get(id);
    if (known !== undefined) return known.firstSent === firstSent ? known.answer : 'rejected';
    const answer = carryOut();
    this.#answers.set(id, { firstSent, answer });
    return answer;
  }
}
