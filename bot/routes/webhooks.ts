import type { Request, Response, Server } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { Logger, RawRequest, WebhookChannel } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { readBody, respondError } from './respond.ts';

/**
 * `POST /webhooks/{channel}`: authenticated over the raw bytes, parsed, admitted, and only then answered 200.
 * `GET /webhooks/{channel}`: the challenge by which a provider verifies the address, where it has one.
 * `OPTIONS /webhooks/{channel}`: the question whether it may deliver here, where it asks.
 */
export function addWebhookRoutes(server: Server, channel: WebhookChannel, engine: Engine, log: Logger): void {
  const path = `/webhooks/${channel.name}`;
  const { webhook } = channel;

  const receive = async (request: Request, response: Response) => {
    try {
      const body = await readBody(request, webhook.bodyLimit);
      const raw = rawRequest(request, body);
      await webhook.authenticate(raw);
      const answer = webhook.handshake?.(body);
      if (answer !== undefined) {
        if (typeof answer === 'string') response.sendRaw(200, answer, { 'Content-Type': 'text/plain' });
        else response.json(200, answer);
        return;
      }
      const report = await engine.admit(channel, webhook.parse(body, raw));
      log.debug({ channel: channel.name, ...report }, 'Webhook admitted');
      response.send(200);
    } catch (error) {
      respondError(response, error, log);
    }
  };
  for (const each of [path, ...(webhook.otherPaths ?? [])]) server.post(each, receive);

  const { challenge, preflight } = webhook;
  if (challenge !== undefined) {
    server.get(path, async (request: Request, response: Response) => {
      try {
        const { query } = rawRequest(request, Buffer.alloc(0));
        response.sendRaw(200, challenge(query), { 'Content-Type': 'text/plain' });
      } catch (error) {
        respondError(response, error, log);
      }
    });
  }
  if (preflight !== undefined) {
    server.opts(path, async (request: Request, response: Response) => {
      try {
        response.sendRaw(200, '', { ...preflight(request.headers) });
      } catch (error) {
        respondError(response, error, log);
      }
    });
  }
}

function rawRequest(request: Request, body: Buffer): RawRequest {
  const { url = '' } = request;
  const search = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  if (search.length > 4096)
    throw new BluetickError('invalid_request', 'The query is longer than 4096 characters');
  return {
    headers: request.headers,
    query: Object.fromEntries(new URLSearchParams(search)),
    target: url,
    body,
  };
}
