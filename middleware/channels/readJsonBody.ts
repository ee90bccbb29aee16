import { isUtf8 } from 'node:buffer';
import { BluetickError } from '../errors.ts';

/** How deep objects and arrays may be nested. The deepest documented webhook, Meta's, has about 10 levels. */
export const deepestNesting = 32;

/**
 * Keys that no provider sends: the first can change an object's prototype if code copies them on, the last make one throw where
 * it is compared with a number, as zod compares the `length` of whatever should be a text.
 */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype', 'toString', 'valueOf']);

/** What a body with such a key must hold: the key itself, or an escape that it may be written with. */
const traces = [...forbiddenKeys, '\\u'];

/** Some senders begin with it: it is no part of the text (RFC 3629). */
const byteOrderMark = Buffer.from('\uFEFF');

/**
 * Reads the body of a webhook as JSON: strict UTF-8, at most {@link deepestNesting} levels, none of the
 * {@link forbiddenKeys}.
 *
 * @throws BluetickError `invalid_request`; the message holds nothing of the body
 */
export function readJsonBody(body: Buffer): unknown {
  const text = decode(body);
  if (opensMany(text) && isTooDeep(body)) throw refuse('is nested too deep');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, so it is not kept as the cause.
    throw refuse('is not JSON');
  }
  // To look at each key of an ordinary webhook costs as much as to parse it.
  if (traces.some(trace => text.includes(trace))) checkKeys(value);
  return value;
}

function refuse(why: string): BluetickError {
  return new BluetickError('invalid_request', `The body ${why}`);
}

function decode(body: Buffer): string {
  if (!isUtf8(body)) throw refuse('is not UTF-8');
  const start = body.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0;
  return body.toString('utf8', start);
}

/** Whether there are so many brackets that some may be nested too deep: of an ordinary webhook's few none can. */
function opensMany(text: string): boolean {
  let left = deepestNesting;
  for (const bracket of '{[') {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (left === 0) return true;
      left--;
    }
  }
  return false;
}

/**
 * Counts brackets outside strings, before anything is built: four megabytes of `[` cost milliseconds this way.
 * Bytes of UTF-8 sequences are all above 0x7f, so none of them is taken for a bracket or a quote.
 */
function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index];
    if (inString) {
      if (byte === 0x5c /* \ */) index++;
      else if (byte === 0x22 /* " */) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b /* { */ || byte === 0x5b /* [ */) {
      depth++;
      if (depth > deepestNesting) return true;
    } else if (byte === 0x7d /* } */ || byte === 0x5d /* ] */) depth--;
  }
  return false;
}

/** Looks at the keys after parsing, where an escaped `\u005f_proto__` is written out. */
function checkKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) checkKeys(item);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (forbiddenKeys.has(key)) throw refuse('holds a forbidden key');
    checkKeys(item);
  }
}
