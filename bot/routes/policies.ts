import type { Server } from 'restify';
import { z } from 'zod';
import { holders, moments } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import { checkPolicy } from '../../middleware/policy/checkPolicy.ts';
import { explainPolicy } from '../../middleware/policy/explainPolicy.ts';
import type { PolicyBook } from '../../middleware/policy/policyBook.ts';
import { parsePolicyDocument } from '../../middleware/policy/schema.ts';
import type { Channel } from '../../middleware/ports.ts';
import type { ApiRoute } from './api.ts';
import { readJson } from './respond.ts';

const explainRequest = z.strictObject({
  channel: z.string(),
  business: z.string().optional(),
  text: z.string().max(65_536),
  reply: z.string().max(65_536).optional(),
  holder: z.enum(holders).optional(),
  moment: z.enum(moments).optional(),
  policy: z.unknown().optional(),
  dialogMs: z.number().int().min(0).max(600_000).optional(),
});

/**
 * `POST /api/v1/policies/explain`: the timeline that a customer would see, and the rule behind each step.
 * `GET /api/v1/capabilities`: what each channel that is on can do.
 */
export function addPolicyRoutes(
  server: Server,
  parts: {
    channels: readonly Channel[];
    policies: Pick<PolicyBook, 'resolve'>;
    route: ApiRoute;
  },
): void {
  const { channels, policies, route } = parts;

  server.get(
    '/api/v1/capabilities',
    route(() => ({ items: channels.map(({ name, capabilities }) => ({ channel: name, ...capabilities })) })),
  );

  server.post(
    '/api/v1/policies/explain',
    route(async request => explain(await readJson(request, explainRequest))),
  );

  function explain(asked: z.output<typeof explainRequest>) {
    const { channel: name, business, text, reply, holder, moment, policy, dialogMs } = asked;
    const channel = channels.find(each => each.name === name);
    if (channel === undefined) {
      const on = channels.map(each => JSON.stringify(each.name)).join(', ');
      const message = `channel: got ${JSON.stringify(name.slice(0, 40))}, allowed: ${on}`;
      throw new BluetickError('invalid_request', message, { field: 'channel' });
    }
    const document = parsePolicyDocument(policy ?? {}, 'policy');
    checkPolicy(document, channel.capabilities, 'policy');
    const resolved = policies.resolve({
      channel: channel.name,
      business: business ?? channel.businesses[0] ?? '',
      message: document,
    });
    return explainPolicy({
      policy: resolved.policy,
      capabilities: channel.capabilities,
      text,
      ...(reply !== undefined && { replyText: reply }),
      ...(holder !== undefined && { holder }),
      ...(moment !== undefined && { moment }),
      ...(dialogMs !== undefined && { dialogMs }),
    });
  }
}
