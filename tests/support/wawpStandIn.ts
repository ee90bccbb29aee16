/** Wawp's API, version 2, on this machine, as its pages say (facts of `providers.md` 4.4), and the webhooks that it sends. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Answer } from './callServer.ts';
import { type Gateway, startGateway, tooMany } from './linkedDeviceStandIn.ts';

const caller = { instance_id: z.string().min(1), access_token: z.string().min(1) };
const chatId = z.string().regex(/^\d+@(c\.us|lid)$/);
const messageIds = z.array(z.string().min(1)).min(1);

/** The bodies of the calls that it takes. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  '/v2/send/seen': z.strictObject({ ...caller, chatId, messageIds: messageIds.optional() }),
  '/v2/send/start-typing': z.strictObject({ ...caller, chatId }),
  '/v2/send/stop-typing': z.strictObject({ ...caller, chatId }),
  '/v2/send/text': z.strictObject({
    ...caller,
    chatId,
    message: z.string().min(1).max(4096),
    reply_to: z.string().optional(),
  }),
};

/** A call's body. */
interface Body {
  readonly instance_id: string;
  readonly access_token: string;
  readonly chatId: string;
  readonly message?: string;
}

/** The stand-in, with its token. */
export interface WawpStandIn extends Gateway {
  readonly accessToken: string;
  /** The messages that were really sent, by their ids. */
  readonly sent: ReadonlyMap<string, { readonly chatId: string; readonly text: string }>;
}

/** Starts one on a free port that knows one instance. */
export async function startWawpStandIn(instanceId: string): Promise<WawpStandIn> {
  const accessToken = `wawp-${randomBytes(16).toString('hex')}`;
  const sent = new Map<string, { chatId: string; text: string }>();
  const gateway = await startGateway({
    answer({ method, path, headers, body }): Answer {
      const schema = method === 'POST' ? schemas[path] : undefined;
      if (schema === undefined) return refusal(404, 'not_found', 'No such route');
      // A body that is no JSON is not read: the token is missing then, as the documentation warns.
      const isJson = headers['content-type'] === 'application/json';
      const token = isJson && typeof body === 'object' && body !== null && Reflect.get(body, 'access_token');
      if (token !== accessToken) return noToken;
      const { data } = schema.safeParse(body) as { data?: Body };
      if (data === undefined) return refusal(400, 'invalid_request', 'A parameter is missing');
      if (data.instance_id !== instanceId) return refusal(404, 'invalid_session', 'No such session');
      if (data.message === undefined) return { status: 200, body: { result: true } };
      const id = `true_${data.chatId}_${randomBytes(16).toString('hex').toUpperCase()}`;
      sent.set(id, { chatId: data.chatId, text: data.message });
      return { status: 200, body: { id, from: data.chatId, fromMe: true, body: data.message } };
    },
    refuse(fault) {
      if (fault === 'rate') return tooMany;
      if (fault === 'auth') return noToken;
      return fault === 'server'
        ? refusal(500, 'internal_error', 'Internal server error')
        : refusal(502, 'wawp_upstream_error', 'The engine did not answer');
    },
  });
  return { ...gateway, accessToken, sent };
}

const noToken = refusal(401, 'missing_token', 'Missing access_token');

function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { code, message } };
}

let events = 0;

/** An event in Wawp's envelope; `over` changes it. */
export function wawpEvent(event: string, payload: object, over: object = {}): object {
  events += 1;
  return {
    id: `evt_${String(events).padStart(26, '0')}`,
    timestamp: Date.now(),
    session: 'default',
    metadata: { 'user.id': '123', 'user.email': 'email@example.com' },
    engine: 'WEBJS',
    event,
    payload,
    me: { id: '71111111111@c.us', lid: '123@lid', pushName: 'Instance' },
    ...over,
  };
}

/** The payload of `message`, from a customer, with the status that Wawp's own example has: it is the customer's. */
export function wawpMessage(id: string, customer: string, body: string, at = Date.now()): object {
  return {
    id,
    timestamp: at / 1000,
    from: `${customer}@c.us`,
    fromMe: false,
    source: 'app',
    to: '71111111111@c.us',
    participant: null,
    body,
    hasMedia: false,
    media: null,
    ack: -1,
    ackName: 'PENDING',
    author: null,
    location: null,
    vCards: [],
    replyTo: null,
  };
}
