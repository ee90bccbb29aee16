import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { isLocal } from '../isLocal.ts';
import { callFaultSchema, type Faults, webhookFaultSchema } from './faults.ts';
import type { Phone } from './phone.ts';
import { readJson, sendJson } from './requests.ts';
import { statusPlanSchema } from './statusPlan.ts';

const writing = z.union([
  z.strictObject({ text: z.string().min(1).max(4096) }),
  z.strictObject({ texts: z.array(z.string().min(1).max(4096)).min(1).max(100) }),
]);

const opening = z.strictObject({ open: z.boolean() });

const setting = z.strictObject({ online: z.boolean().optional(), readReceipts: z.boolean().optional() });

const playing = z.strictObject({ messageId: z.string().min(1).max(512) });

const faulting = z.strictObject({
  clear: z.boolean().optional(),
  calls: z.array(callFaultSchema).optional(),
  webhooks: z.array(webhookFaultSchema).optional(),
  statuses: z.array(statusPlanSchema).optional(),
});

const phonePath = /^\/phone\/(\+?\d{1,20})(?:\/(messages|chat|settings|plays))?$/;

/** What the routes work with. */
export interface ControlParts {
  readonly faults: Faults;
  /** The phone of a number; made if it is new. */
  readonly phone: (customer: string) => Phone;
  /** The phone of a number, if there is one. */
  readonly knownPhone: (customer: string) => Phone | undefined;
}

/**
 * The routes for people who play the customer: `POST /phone/{number}/messages` (`{"text":"hi"}`),
 * `POST /phone/{number}/chat` (`{"open":true}`), `POST /phone/{number}/settings` (`{"online":false,"readReceipts":false}`),
 * `POST /phone/{number}/plays` (`{"messageId":"wamid…"}`, a voice message), `GET /phone/{number}`, and `POST /faults`: the
 * calls, the webhooks and the statuses of messages that something becomes of, each a list.
 *
 * They take no password, so they are for this machine only: a peer or a `Host` elsewhere, a proxy's header or a
 * web page of another site is refused. Bodies must say that they are JSON, which a foreign page cannot do unasked.
 *
 * @returns a handler that answers whether the request was one of these
 */
export function createControl({
  faults,
  phone,
  knownPhone,
}: ControlParts): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [, number, rest] = phonePath.exec(pathname) ?? [];
    if (number === undefined && pathname !== '/faults') return false;
    if (!isLocal(request)) {
      refuse(response, 403, 'forbidden', 'These routes serve this machine only');
      return true;
    }
    const customer = number?.replace('+', '');
    if (request.method === 'GET' && customer !== undefined && rest === undefined) {
      const known = knownPhone(customer);
      if (known === undefined) refuse(response, 404, 'unknown_conversation', 'There is no such phone yet');
      else sendJson(response, 200, known);
      return true;
    }
    const isJson = /^application\/json\b/.test(request.headers['content-type'] ?? '');
    if (request.method !== 'POST' || (customer !== undefined && rest === undefined)) {
      refuse(response, 405, 'invalid_request', 'This route takes another method');
      return true;
    }
    const body = isJson ? await readJson(request) : undefined;
    const answer =
      customer === undefined
        ? plan(faults, body)
        : acts[rest as keyof typeof acts](() => phone(customer), body);
    if (answer === undefined)
      refuse(response, 400, 'invalid_request', 'The body is not what this route takes');
    else sendJson(response, 202, answer);
    return true;
  };
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { error: { code, message } });
}

/** What the customer may do: by the route's last part. A phone is made only where the body is understood. */
const acts = {
  messages(phone: () => Phone, body: unknown): object | undefined {
    const read = writing.safeParse(body);
    if (!read.success) return undefined;
    const texts = 'text' in read.data ? [read.data.text] : read.data.texts;
    return { messages: phone().sayMany(texts) };
  },

  chat(phone: () => Phone, body: unknown): object | undefined {
    const read = opening.safeParse(body);
    if (!read.success) return undefined;
    const held = phone();
    if (read.data.open) held.open();
    else held.leave();
    return { open: held.isOpen };
  },

  settings(phone: () => Phone, body: unknown): object | undefined {
    const read = setting.safeParse(body);
    if (!read.success) return undefined;
    const held = phone();
    const { online = held.online, readReceipts = held.readReceipts } = read.data;
    held.readReceipts = readReceipts;
    if (online !== held.online) held.setOnline(online);
    return { online, readReceipts };
  },

  plays(phone: () => Phone, body: unknown): object | undefined {
    const read = playing.safeParse(body);
    if (!read.success) return undefined;
    phone().play(read.data.messageId);
    return read.data;
  },
};

function plan(faults: Faults, body: unknown): object | undefined {
  const read = faulting.safeParse(body);
  if (!read.success) return undefined;
  const { clear, calls = [], webhooks = [], statuses = [] } = read.data;
  if (clear) faults.clear();
  for (const fault of calls) faults.calls(fault);
  for (const fault of webhooks) faults.webhooks(fault);
  for (const each of statuses) faults.statuses(each);
  return { calls: calls.length, webhooks: webhooks.length, statuses: statuses.length };
}
