import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ErrorCode, isBluetickError } from '../../middleware/errors.ts';
import type { RawRequest } from '../../middleware/ports.ts';
import type { Answering } from './mcp.ts';
import { type Edit, editBytes, editJson, wordSalad } from './mutations.ts';
import type { Reading } from './readings.ts';
import type { Secret } from './secrets.ts';
import type { Door } from './targets.ts';

/** What came of many inputs: how many were read, or let in, and how many were refused. */
export interface FuzzCount {
  inputs: number;
  taken: number;
  refused: number;
}

/** How a target is fuzzed. */
export interface FuzzRun {
  readonly inputs: number;
  /** The same seed makes the same inputs. */
  readonly seed: number;
  /** Is called with each input's size in bytes and the work; to measure it. Default: the work alone is done. */
  readonly watch?: (bytes: number, work: () => void) => void;
}

const edits = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: 4 });
const input = fc.tuple(fc.nat(), fc.nat(3), edits);
type Input = readonly [which: number, way: number, edits: readonly Edit[]];

/** A body as nobody sends it. A form has no values to edit, so bytes are edited instead. */
function bodyOf([which, way, changes]: Input, bodies: readonly Buffer[]): Buffer {
  const body = bodies[which % bodies.length] as Buffer;
  const other = bodies[(which + 1) % bodies.length] as Buffer;
  if (way === 0 && which % 8 === 0) return wordSalad(changes);
  const isJson = body[0] === 0x7b || body[0] === 0x5b;
  if (way < 2 && isJson) return Buffer.from(editJson(body.toString(), changes));
  return editBytes(body, changes, other);
}

/** RCS for Business has its payload in an envelope, in base64: the payload is what is edited then. */
function insideEnvelope(text: string, edit: (bytes: Buffer) => Buffer): Buffer {
  const envelope = JSON.parse(text);
  const data = edit(Buffer.from(envelope.message.data, 'base64')).toString('base64');
  return Buffer.from(JSON.stringify({ ...envelope, message: { ...envelope.message, data } }));
}

/** Refusing is right; anything else that is thrown is a crash. */
function attempt(count: FuzzCount, allowed: readonly string[], work: () => void): void {
  try {
    work();
    count.taken += 1;
  } catch (error) {
    if (!isBluetickError(error) || !allowed.includes(error.code)) throw error;
    count.refused += 1;
  }
}

/**
 * Reads bodies that no provider sends, as a proved webhook is read: each is read, item by item, or refused as `invalid_request`, and what is set aside can be
 * read again from the store's JSON.
 *
 * @throws Error by `fast-check`, with the smallest input that it found and the seed
 */
export function fuzzParser({ channel: { webhook }, requests }: Door, run: FuzzRun): FuzzCount {
  const bodies = requests.map(({ body }) => body);
  const isEnveloped = bodies.some(body => body.includes('"data":"'));
  return fuzzBodies(run, given => {
    const request = requests[given[0] % requests.length] as RawRequest;
    const body =
      isEnveloped && given[1] > 0
        ? insideEnvelope(request.body.toString(), bytes => bodyOf([0, given[1] - 1, given[2]], [bytes]))
        : bodyOf(given, bodies);
    const read = () => {
      webhook.handshake?.(body);
      const { rejected } = webhook.parse(body, request);
      for (const { item } of rejected) webhook.reread?.(JSON.parse(JSON.stringify(item)));
    };
    return { body, read };
  });
}

/** The same for a body that the host reads itself: see {@link Reading}. */
export function fuzzReading({ bodies: written, refusals, read }: Reading, run: FuzzRun): FuzzCount {
  const bodies = written.map(body => Buffer.from(JSON.stringify(body)));
  return fuzzBodies(
    run,
    given => {
      const body = bodyOf(given, bodies);
      return { body, read: () => read(body) };
    },
    refusals,
  );
}

function fuzzBodies(
  { inputs, seed, watch = (_bytes, work) => work() }: FuzzRun,
  make: (given: Input) => { body: Buffer; read: () => void },
  refusals: readonly ErrorCode[] = ['invalid_request'],
): FuzzCount {
  const count: FuzzCount = { inputs: 0, taken: 0, refused: 0 };
  const property = fc.property(input, given => {
    const { body, read } = make(given);
    count.inputs += 1;
    attempt(count, refusals, () => watch(body.length, read));
  });
  withoutStacks(() => fc.assert(property, { numRuns: inputs, seed }));
  return count;
}

/** Half of the time would go into the stacks of refusals. The seed and the input, which are told, say where to look. */
function withoutStacks<Work extends void | Promise<void>>(work: () => Work): Work {
  const { stackTraceLimit } = Error;
  const restore = () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
  Error.stackTraceLimit = 0;
  let begun: Work | undefined;
  try {
    begun = work();
    return begun instanceof Promise ? (begun.finally(restore) as Work) : begun;
  } finally {
    if (!(begun instanceof Promise)) restore();
  }
}

/**
 * Asks with changed bodies, proofs and addresses: who is let in has what was proved, unchanged, with its proof; all others are
 * refused as `unauthorized`.
 *
 * @throws Error by `fast-check`, with the smallest input that it found and the seed
 */
export async function fuzzProof(door: Door, { inputs, seed }: FuzzRun): Promise<FuzzCount> {
  const { channel, requests, proof } = door;
  const good = new Set(requests.map(proof));
  const count: FuzzCount = { inputs: 0, taken: 0, refused: 0 };
  const property = fc.asyncProperty(input, async given => {
    const request = requestOf(given, requests);
    count.inputs += 1;
    try {
      await channel.webhook.authenticate(request);
    } catch (error) {
      // A token may name a key that is not known yet: then its sender is to come again.
      if (!isBluetickError(error) || !['unauthorized', 'keys_unavailable'].includes(error.code)) throw error;
      count.refused += 1;
      return;
    }
    assert.ok(good.has(proof(request)), 'let in what was not proved');
    count.taken += 1;
  });
  await withoutStacks(() => fc.assert(property, { numRuns: inputs, seed }));
  return count;
}

/** Sends bodies to what answers whatever comes: see {@link Answering}. */
export async function fuzzAnswers(
  { bodies, answer }: Answering,
  { inputs, seed }: FuzzRun,
): Promise<FuzzCount> {
  const count: FuzzCount = { inputs: 0, taken: 0, refused: 0 };
  const written = bodies.map(body => Buffer.from(JSON.stringify(body)));
  const property = fc.asyncProperty(input, async given => {
    count.inputs += 1;
    if (await answer(bodyOf(given, written))) count.taken += 1;
    else count.refused += 1;
  });
  await withoutStacks(() => fc.assert(property, { numRuns: inputs, seed }));
  return count;
}

/**
 * Shows changed keys and tokens: who is let in has shown a right one.
 *
 * @throws Error by `fast-check`, with the smallest input that it found and the seed
 */
export async function fuzzSecret(secret: Secret, { inputs, seed }: FuzzRun): Promise<FuzzCount> {
  const { texts, check, proof = text => text } = secret;
  const good = new Set(texts.map(proof));
  const count: FuzzCount = { inputs: 0, taken: 0, refused: 0 };
  const property = fc.asyncProperty(input, async ([which, way, changes]) => {
    const text = texts[which % texts.length] as string;
    const other = texts[(which + 1) % texts.length] as string;
    const edited = editBytes(Buffer.from(text), changes, Buffer.from(other)).toString('latin1');
    const shown = way === 0 && which % 8 === 0 ? text : edited;
    count.inputs += 1;
    const answer = check(shown);
    if (typeof answer === 'boolean' ? answer : await answer) {
      assert.ok(good.has(proof(shown)), 'let in who showed nothing that is right');
      count.taken += 1;
    } else count.refused += 1;
  });
  await withoutStacks(() => fc.assert(property, { numRuns: inputs, seed }));
  return count;
}

/** A request with another body, another header, one header twice, or another query. */
function requestOf([which, way, changes]: Input, requests: readonly RawRequest[]): RawRequest {
  const request = requests[which % requests.length] as RawRequest;
  const other = requests[(which + 1) % requests.length] as RawRequest;
  const edit = (text: string) =>
    editBytes(Buffer.from(text, 'latin1'), changes, Buffer.from('')).toString('latin1');
  if (way === 0) return { ...request, body: bodyOf([which, which % 4, changes], [request.body, other.body]) };
  if (way === 1) return { ...request, headers: other.headers, query: other.query };
  const names = Object.keys(request.headers).filter(name => name !== 'content-type');
  const [[place, kind] = [0, 0]] = changes;
  const name = names[place % names.length];
  if (way === 2 && name !== undefined) {
    const value = String(request.headers[name]);
    const given = kind % 9 === 0 ? [value, value] : kind % 9 === 1 ? undefined : edit(value);
    return { ...request, headers: { ...request.headers, [name]: given } };
  }
  const code = edit(request.query.code ?? '');
  return { ...request, query: { ...request.query, code }, target: edit(request.target) };
}
