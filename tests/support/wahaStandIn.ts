/** A WAHA server on this machine, as its docs say (facts of `providers.md` 4.1 to 4.3), and the webhooks that it sends. */
import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Answer } from './callServer.ts';
import { type Gateway, startGateway, tooMany } from './linkedDeviceStandIn.ts';

const session = z.string().min(1);
const chatId = z.string().regex(/^\d+@(c\.us|lid)$/);
const messageIds = z.array(z.string().min(1)).min(1);

/** The bodies of the calls that it takes. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  '/api/sendSeen': z.strictObject({ session, chatId, messageIds: messageIds.optional() }),
  '/api/startTyping': z.strictObject({ session, chatId }),
  '/api/stopTyping': z.strictObject({ session, chatId }),
  '/api/sendText': z.strictObject({
    session,
    chatId,
    text: z.string().min(1),
    reply_to: z.string().optional(),
  }),
};

/** The stand-in, with its key. */
export interface WahaStandIn extends Gateway {
  readonly apiKey: string;
  /** The messages that were really sent, by their ids. */
  readonly sent: ReadonlyMap<string, { readonly chatId: string; readonly text: string }>;
}

/** Starts one on a free port that knows these sessions. */
export async function startWahaStandIn(sessions: readonly string[]): Promise<WahaStandIn> {
  const apiKey = `waha-${randomBytes(16).toString('hex')}`;
  const sent = new Map<string, { chatId: string; text: string }>();
  const gateway = await startGateway({
    answer({ method, path, headers, body }): Answer {
      if (headers['x-api-key'] !== apiKey) return unauthorized;
      const schema = method === 'POST' ? schemas[path] : undefined;
      if (schema === undefined) return refusal(404, 'Not Found');
      const isJson = headers['content-type'] === 'application/json';
      const { data } = schema.safeParse(body) as {
        data?: { session: string; chatId: string; text?: string };
      };
      if (!isJson || data === undefined) return refusal(400, 'Bad Request');
      if (!sessions.includes(data.session)) return refusal(404, 'Session does not exist');
      if (data.text === undefined) return { status: 201, body: { result: true } };
      const id = `true_${data.chatId}_${randomBytes(16).toString('hex').toUpperCase()}`;
      sent.set(id, { chatId: data.chatId, text: data.text });
      return {
        status: 201,
        body: {
          id,
          timestamp: Math.floor(Date.now() / 1000),
          from: data.chatId,
          fromMe: true,
          to: data.chatId,
          body: data.text,
          ack: 1,
        },
      };
    },
    refuse(fault) {
      if (fault === 'rate') return tooMany;
      if (fault === 'auth') return unauthorized;
      return fault === 'server' ? refusal(500, 'Internal server error') : notWorking;
    },
  });
  return { ...gateway, apiKey, sent };
}

const unauthorized: Answer = { status: 401, body: { message: 'Unauthorized', statusCode: 401 } };

/** Not documented: as WAHA's issues 835 and 1329 show it. */
const notWorking: Answer = {
  status: 422,
  body: {
    error: 'Session status is not as expected. Try again later or restart the session',
    session: 'default',
    status: 'STARTING',
    expected: ['WORKING'],
  },
};

function refusal(statusCode: number, message: string): Answer {
  return { status: statusCode, body: { message, statusCode } };
}

let events = 0;

/** An event in WAHA's envelope; `over` changes it. */
export function wahaEvent(event: string, payload: object, over: object = {}): object {
  events += 1;
  return {
    id: `evt_${String(events).padStart(26, '0')}`,
    timestamp: Date.now(),
    event,
    session: 'default',
    metadata: {},
    me: { id: '71111111111@c.us', pushName: '~' },
    payload,
    environment: { tier: 'CORE', version: '2026.7.1' },
    engine: 'NOWEB',
    ...over,
  };
}

/** The payload of `message`, from a customer. */
export function wahaMessage(id: string, customer: string, body: string, at = Date.now()): object {
  const chat = `${customer}@c.us`;
  return {
    id,
    timestamp: at / 1000,
    from: chat,
    fromMe: false,
    source: 'app',
    to: '71111111111@c.us',
    body,
    hasMedia: false,
    ack: 2,
    ackName: 'DEVICE',
    vCards: [],
    _data: {},
  };
}

/** The headers that WAHA sends with a body. */
export function wahaHeaders(body: string | Buffer, key: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-webhook-request-id': '01J0000000000000000000000A',
    'x-webhook-timestamp': String(Date.now()),
    'x-webhook-hmac': createHmac('sha512', key).update(body).digest('hex'),
    'x-webhook-hmac-algorithm': 'sha512',
  };
}
