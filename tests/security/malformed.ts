/** Bodies that are no webhook, whatever they were signed with. */
import { gzipSync } from 'node:zlib';
import { deepestNesting } from '../../middleware/channels/readJsonBody.ts';
import type { AttackedChannel, Malformed } from './attackedChannel.ts';

/**
 * What can be wrong with JSON.
 *
 * @param good a body that is well formed, and holds the text `hello`
 * @param limit the largest body that is read, in bytes
 */
export function malformedJson(good: string, limit: number): Readonly<Record<string, Buffer>> {
  const inText = (text: string) => Buffer.from(good.replace('"hello"', `"hello",${text}`));
  const nested = (depth: number) => inText(`"deep":${'['.repeat(depth)}${']'.repeat(depth)}`);
  return {
    nothing: Buffer.alloc(0),
    'no JSON': Buffer.from('hello'),
    'a text in JSON': Buffer.from('"hello"'),
    null: Buffer.from('null'),
    'half of it': Buffer.from(good.slice(0, good.length / 2)),
    'two of it': Buffer.from(good + good),
    'brackets as far as they go': Buffer.alloc(limit, '['),
    'more levels than there are': nested(deepestNesting + 1),
    'levels without end, closed': nested(Math.min(limit / 4, 100_000)),
    'the key __proto__': inText('"__proto__":{"isAdmin":true}'),
    'the key __proto__, escaped': inText('"\\u005f_proto__":{"isAdmin":true}'),
    'the key constructor': inText('"constructor":{"prototype":{"isAdmin":true}}'),
    'the key prototype, in a list': inText('"a":[{"prototype":1}]'),
    'a length that cannot be compared': inText('"a":{"length":{"toString":1}}'),
    ...badBytes(good),
  };
}

/** Bytes that are no text in UTF-8. */
export function badBytes(good: string): Readonly<Record<string, Buffer>> {
  return {
    'bytes that are not UTF-8': Buffer.from(good.replace('hello', '\xff\xfe'), 'latin1'),
    'a code point in two bytes too many': Buffer.from(good.replace('hello', '\xc0\xaf'), 'latin1'),
    'half of a surrogate pair in UTF-8': Buffer.from(good.replace('hello', '\xed\xa0\x80'), 'latin1'),
    'UTF-16': Buffer.from(good, 'utf16le'),
    compressed: gzipSync(good),
  };
}

/** A channel's bodies that no provider sends. */
export function malformedOf(channel: AttackedChannel, secret: string): Readonly<Record<string, Malformed>> {
  if (channel.malformed !== undefined) return channel.malformed(secret);
  const { body, bodyLimit, proved } = channel;
  const bodies = malformedJson(body({ id: 'malformed', text: 'hello' }), bodyLimit);
  return eachOf(bodies, bytes => ({ attack: proved(bytes, secret), status: 400 }));
}

/** Makes one of each. */
export function eachOf<From, To>(
  all: Readonly<Record<string, From>>,
  make: (one: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(all).map(([what, one]) => [what, make(one)]));
}
