import type { Server } from 'restify';
import { z } from 'zod';
import { holders, moments } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import { checkPolicy } from '../../middleware/policy/checkPolicy.ts';
import { explainPolicy } from '../../middleware/policy/explainPolicy.ts';
import type { PolicyDocument } from '../../middleware/policy/policy.ts';
import type { ResolvedPolicy } from '../../middleware/policy/resolvePolicy.ts';
import { parsePolicyDocument } from '../../middleware/policy/schema.ts';
import type { Channel, Store } from '../../middleware/ports.ts';
import type { PolicySettings } from '../../middleware/receipts/policySettings.ts';
import type { ApiRoute } from './api.ts';
import { readScopeName } from './policyScope.ts';
import { readJson } from './respond.ts';

const explainRequest = z.strictObject({
  channel: z.string(),
  business: z.string().optional(),
  scope: z.string().max(400).optional(),
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
    policies: Pick<PolicySettings, 'resolve' | 'tryOut'>;
    store: Pick<Store, 'conversation'>;
    route: ApiRoute;
  },
): void {
  const { channels, policies, store, route } = parts;

  server.get(
    '/api/v1/capabilities',
    route(() => ({ items: channels.map(({ name, capabilities }) => ({ channel: name, ...capabilities })) }), {
      role: 'agent',
    }),
  );

  server.post(
    '/api/v1/policies/explain',
    route(async request => explain(await readJson(request, explainRequest)), { role: 'agent' }),
  );

  async function explain(asked: z.output<typeof explainRequest>) {
    const { channel: name, business, scope, text, reply, holder, moment, policy, dialogMs } = asked;
    const channel = channels.find(each => each.name === name);
    if (channel === undefined) {
      const on = channels.map(each => JSON.stringify(each.name)).join(', ');
      const message = `channel: got ${JSON.stringify(name.slice(0, 40))}, allowed: ${on}`;
      throw new BluetickError('invalid_request', message, { field: 'channel' });
    }
    const document = parsePolicyDocument(policy ?? {}, 'policy');
    const { policy: resolved, sources } = await resolveWith(document, channel, business, scope);
    const explanation = explainPolicy({
      policy: resolved,
      capabilities: channel.capabilities,
      text,
      ...(reply !== undefined && { replyText: reply }),
      ...(holder !== undefined && { holder }),
      ...(moment !== undefined && { moment }),
      ...(dialogMs !== undefined && { dialogMs }),
    });
    return { ...explanation, ...(scope !== undefined && { sources }) };
  }

  /** The policy that a message would meet if a document were in force: that of a scope, or else the message's own. */
  async function resolveWith(
    document: PolicyDocument,
    { name: channel, businesses, capabilities }: Channel,
    asked: string | undefined,
    scopeName: string | undefined,
  ): Promise<ResolvedPolicy> {
    const business = asked ?? businesses[0] ?? '';
    if (scopeName === undefined) {
      checkPolicy(document, capabilities, 'policy');
      return policies.resolve({ channel, business, message: document });
    }
    const scope = readScopeName(scopeName);
    if (scope.kind !== 'conversation') {
      const workstream = scope.kind === 'workstream' && { workstream: scope.id };
      return policies.tryOut(scope, document).resolve({ channel, business, ...workstream });
    }
    const conversation = await store.conversation(scope.id);
    if (conversation === undefined)
      throw new BluetickError('unknown_conversation', 'There is no such conversation');
    checkPolicy(document, capabilities, 'policy');
    return policies.resolve({ ...conversation, channel, conversation: document });
  }
}
