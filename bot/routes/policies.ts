import type { Request, Response, Server } from 'restify';
import { z } from 'zod';
import { holders, moments } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import { checkPolicy } from '../../middleware/policy/checkPolicy.ts';
import { explainPolicy } from '../../middleware/policy/explainPolicy.ts';
import type { PolicyBook } from '../../middleware/policy/policyBook.ts';
import { parsePolicyDocument } from '../../middleware/policy/schema.ts';
import type { Channel, Logger } from '../../middleware/ports.ts';
import type { Authenticate } from './authenticate.ts';
import { invalidRequest, readBody, respondError } from './respond.ts';

const bodyLimit = 256 * 1024;

const explainRequest = z.strictObject({
  channel: z.string(),
  business: z.string().optional(),
  text: z.string().max(65_536),
  reply: z.string().max(65_536).optional(),
  holder: z.enum(holders).optional(),
  moment: z.enum(moments).optional(),
  policy: z.unknown().optional(),
});

/**
 * `POST /api/v1/policies/explain`: the timeline that a customer would see, and the rule behind each step.
 * `GET /api/v1/capabilities`: what each channel that is on can do.
 */
export function addPolicyRoutes(
  server: Server,
  parts: { channels: readonly Channel[]; policies: PolicyBook; authenticate: Authenticate; log: Logger },
): void {
  const { channels, policies, authenticate, log } = parts;

  server.get('/api/v1/capabilities', async (request: Request, response: Response) => {
    try {
      authenticate(request);
      response.json(200, {
        items: channels.map(({ name, capabilities }) => ({ channel: name, ...capabilities })),
      });
    } catch (error) {
      respondError(response, error, log);
    }
  });

  server.post('/api/v1/policies/explain', async (request: Request, response: Response) => {
    try {
      authenticate(request);
      response.json(200, explain(await readBody(request, bodyLimit)));
    } catch (error) {
      respondError(response, error, log);
    }
  });

  function explain(body: Buffer) {
    const asked = explainRequest.safeParse(readJson(body));
    if (!asked.success) {
      throw invalidRequest(asked.error);
    }
    const { channel: name, business, text, reply, holder, moment, policy } = asked.data;
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
    });
  }
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new BluetickError('invalid_request', 'body: got something that is not JSON', { cause: error });
  }
}
