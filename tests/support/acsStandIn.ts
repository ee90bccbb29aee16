/**
 * Azure Communication Services Advanced Messaging on this machine: it authenticates, checks versions and bodies, knows
 * repeats and answers as Azure's specification says. What Azure does not document, such as its error codes, is only as
 * strict as a test needs and nothing to rely on.
 *
 * @module
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { RepeatMemory, readRepeatable } from './acsRepeats.ts';
import { type Notification, type ReadReceipt, schemaOf } from './acsRequests.ts';
import { isSigned } from './acsSignature.ts';
import {
  type Answer,
  type Call,
  type CallServer,
  decodeJson,
  type Silence,
  serveCalls,
} from './callServer.ts';

/**
 * What goes wrong with the next call: 429 with `Retry-After: 7`; 500; refused credentials; no answer; no answer, though
 * it was carried out; the connection broken.
 */
export type AcsFault = 'rate' | 'server' | 'auth' | 'hang' | 'lost' | 'drop';

/** How the stand-in is set up. */
export interface AcsStandInOptions {
  /** The channels of the resource: GUIDs. */
  readonly channelIds: readonly string[];
  /** A bearer token that is taken beside the access key. */
  readonly token?: string;
  /** How old the first time of a call may be, in milliseconds. Default ten minutes. */
  readonly repeatRangeMs?: number;
}

/** A file that a customer sent. */
export interface AcsFile {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/** The stand-in, listening. */
export interface AcsStandIn extends CallServer {
  readonly accessKey: string;
  readonly connectionString: string;
  /** The messages that were really sent, by their ids. */
  readonly sent: ReadonlyMap<string, Notification>;
  /** The receipts that were really taken, oldest first. */
  readonly receipts: readonly ReadReceipt[];
  /** Makes a message of a customer known: answers its id. */
  receive(): string;
  /** Keeps a file of a customer: answers its id. */
  keep(file: AcsFile): string;
  strike(fault: AcsFault): void;
  /** Called with the id of each message that is sent; its call is answered afterwards. Default nothing. */
  beforeAnswer: (messageId: string) => Promise<void>;
}

/** Starts one on a free port. */
export async function startAcsStandIn(options: AcsStandInOptions): Promise<AcsStandIn> {
  const accessKey = randomBytes(32).toString('base64');
  const memory = new RepeatMemory(options.repeatRangeMs ?? 600_000);
  const sent = new Map<string, Notification>();
  const receipts: ReadReceipt[] = [];
  const inbound = new Set<string>();
  const files = new Map<string, AcsFile>();
  const faults: AcsFault[] = [];

  const isAuthentic = (call: Call, raw: Buffer): boolean => {
    const { authorization } = call.headers;
    if (options.token !== undefined && authorization === `Bearer ${options.token}`) return true;
    return isSigned({ ...call, body: raw }, call.headers, accessKey);
  };

  const carryOut = (body: ReadReceipt | Notification): object => {
    if ('kind' in body) {
      const messageId = randomUUID();
      sent.set(messageId, body);
      return { receipts: [{ messageId, to: body.to[0] }] };
    }
    receipts.push(body);
    return {};
  };

  const post = (call: Call, url: URL): Answer => {
    const schema = schemaOf(url.pathname, url.searchParams.get('api-version') ?? '');
    if (schema === undefined) return refusal(404, 'NotFound');
    const isJson = /^application\/json(;|$)/i.test(call.headers['content-type'] ?? '');
    if (!isJson) return refusal(415, 'UnsupportedMediaType');
    const { data: body } = schema.safeParse(call.body);
    const repeatable = readRepeatable(call.headers);
    if (body === undefined || repeatable === 'malformed') return refusal(400, 'BadRequest');
    const isKnown = 'kind' in body || inbound.has(body.messageId);
    const isOurs = options.channelIds.includes(body.channelRegistrationId);
    if (!isKnown || !isOurs) return refusal(404, 'NotFound');
    const done = repeatable ? memory.perform(repeatable, () => carryOut(body)) : carryOut(body);
    if (done === 'rejected') return { status: 202, headers: { 'Repeatability-Result': 'rejected' } };
    return {
      status: 202,
      ...(repeatable && { headers: { 'Repeatability-Result': 'accepted' } }),
      // A receipt is answered without a body.
      ...('kind' in body && { body: done }),
    };
  };

  const get = (url: URL): Answer => {
    const [, id = ''] = /^\/messages\/streams\/([^/]+)$/.exec(url.pathname) ?? [];
    const file = files.get(decodeURIComponent(id));
    if (file === undefined || !url.searchParams.has('api-version')) return refusal(404, 'NotFound');
    return { status: 200, headers: { 'Content-Type': file.contentType }, body: file.bytes };
  };

  const answerTo = (call: Call, raw: Buffer): Answer => {
    const url = new URL(call.path, 'http://localhost');
    if (!isAuthentic(call, raw)) return refusal(401, 'Denied');
    if (call.method === 'POST') return post(call, url);
    return call.method === 'GET' ? get(url) : refusal(405, 'MethodNotAllowed');
  };

  const server = await serveCalls(decodeJson, async (call, raw): Promise<Answer | Silence> => {
    const fault = faults.shift();
    if (fault === 'rate') return { ...refusal(429, 'TooManyRequests'), headers: { 'Retry-After': '7' } };
    if (fault === 'server') return refusal(500, 'InternalError');
    if (fault === 'auth') return refusal(401, 'Denied');
    if (fault === 'hang' || fault === 'drop') return fault;
    const before = sent.size;
    const answer = answerTo(call, raw);
    if (fault === 'lost') return 'hang';
    const fresh = [...sent.keys()].slice(before);
    for (const messageId of fresh) await standIn.beforeAnswer(messageId);
    return answer;
  });
  const standIn: AcsStandIn = {
    ...server,
    accessKey,
    connectionString: `endpoint=${server.origin}/;accesskey=${accessKey}`,
    sent,
    receipts,
    receive() {
      const id = randomUUID();
      inbound.add(id);
      return id;
    },
    keep(file) {
      const id = randomUUID();
      files.set(id, file);
      return id;
    },
    strike: fault => void faults.push(fault),
    beforeAnswer: async () => {},
  };
  return standIn;
}

/** The documented form of a refusal. */
function refusal(status: number, code: string): Answer {
  const error = { code, message: 'It was refused.', details: [], innererror: { code } };
  return { status, headers: { 'x-ms-error-code': code }, body: { error } };
}
