import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readJsonBody } from '../../middleware/channels/readJsonBody.ts';
import { readWorkItemUpdate } from '../../middleware/dynamics/workItemUpdate.ts';
import { isBluetickError } from '../../middleware/errors.ts';
import type { RawRequest } from '../../middleware/ports.ts';
import { inConversation, workItemBody } from '../support/dataverse.ts';
import { type Edit, editBytes, editJson, wordSalad } from './mutations.ts';
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
 * Reads bodies that no provider sends: each is read, item by item, or refused as `invalid_request`, and what is set aside can be
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
      const { rejected } = webhook.parse(body, request);
      for (const { item } of rejected) webhook.reread?.(JSON.parse(JSON.stringify(item)));
    };
    return { body, read };
  });
}

/** The same for what Dynamics 365 tells. */
export function fuzzDataverse(run: FuzzRun): FuzzCount {
  const write = { workItem: '11111111-1111-1111-1111-111111111111', at: 1_700_000_000_000 };
  const bodies = [
    workItemBody({ ...write, target: inConversation, before: inConversation, after: inConversation }),
    [workItemBody({ ...write, target: { statuscode: 1, title: 'words' } })],
  ].map(body => Buffer.from(JSON.stringify(body)));
  return fuzzBodies(run, given => {
    const body = bodyOf(given, bodies);
    const read = () => {
      const value = readJsonBody(body);
      for (const each of Array.isArray(value) ? value : [value]) readWorkItemUpdate(each);
    };
    return { body, read };
  });
}

function fuzzBodies(
  { inputs, seed, watch = (_bytes, work) => work() }: FuzzRun,
  make: (given: Input) => { body: Buffer; read: () => void },
): FuzzCount {
  const count: FuzzCount = { inputs: 0, taken: 0, refused: 0 };
  const property = fc.property(input, given => {
    const { body, read } = make(given);
    count.inputs += 1;
    attempt(count, ['invalid_request'], () => watch(body.length, read));
  });
  withShortStacks(() => fc.assert(property, { numRuns: inputs, seed }));
  return count;
}

/** Half of the time would go into the stacks of refusals. */
function withShortStacks(work: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 2;
  try {
    work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
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
  await fc.assert(property, { numRuns: inputs, seed });
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
