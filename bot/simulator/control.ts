import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { isLocal } from '../isLocal.ts';
import { callFaultSchema, type Faults, webhookFaultSchema } from './faults.ts';
import type { PhoneDoor } from './phoneDoor.ts';
import { readDeclaredJson, refuse, sendJson } from './requests.ts';
import { statusPlanSchema } from './statusPlan.ts';

const faulting = z.strictObject({
  clear: z.boolean().optional(),
  calls: z.array(callFaultSchema).optional(),
  webhooks: z.array(webhookFaultSchema).optional(),
  statuses: z.array(statusPlanSchema).optional(),
});

/**
 * The routes on the simulator's own port for those who try things: `/phone/…` (see {@link PhoneDoor}), and `POST /faults`:
 * the calls, the webhooks and the statuses of messages that something becomes of, each a list.
 *
 * They take no password, so they are for this machine only: a peer or a `Host` elsewhere, a proxy's header or a
 * web page of another site is refused. Bodies must say that they are JSON, which a foreign page cannot do unasked.
 *
 * @returns a handler that answers whether the request was one of these
 */
export function createControl(
  faults: Faults,
  phoneDoor: PhoneDoor,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname !== '/faults' && !pathname.startsWith('/phone/')) return false;
    if (!isLocal(request)) refuse(response, 403, 'forbidden', 'These routes serve this machine only');
    else if (pathname !== '/faults') return phoneDoor(request, response);
    else if (request.method !== 'POST')
      refuse(response, 405, 'invalid_request', 'This route takes another method');
    else {
      const answer = plan(faults, await readDeclaredJson(request));
      if (answer !== undefined) sendJson(response, 202, answer);
      else refuse(response, 400, 'invalid_request', 'The body is not what this route takes');
    }
    return true;
  };
}

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
