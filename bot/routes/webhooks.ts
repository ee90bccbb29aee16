import type { Request, Response, Server } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { Logger, RawRequest, WebhookChannel } from '../../middleware/ports.ts';
import type { Intake } from '../intake/intake.ts';
import { readBody, respondError } from './respond.ts';

/**
 * `POST /webhooks/{channel}`: authenticated over the raw bytes, taken in, and only then answered: 200, or what was relayed.
 * `GET /webhooks/{channel}`: the challenge by which a provider verifies the address, where it has one.
 * `OPTIONS /webhooks/{channel}`: the question whether it may deliver here, where it asks.
 */
export function addWebhookRoutes(server: Server, channel: WebhookChannel, intake: Intake, log: Logger): void {
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
      const relayed = await intake(channel, raw);
      if (relayed === undefined) response.send(200);
      else response.sendRaw(relayed.status, relayed.body, { ...relayed.headers });
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

/** The longest query that is read, in characters: a provider's has a secret, a token and an id. */
const longestQuery = 4096;

function rawRequest(request: Request, body: Buffer): RawRequest {
  const { url = '' } = request;
  const start = url.indexOf('?');
  if (start >= 0 && url.length - start > longestQuery)
    throw new BluetickError('invalid_request', `The query is longer than ${longestQuery} characters`);
  const query = start < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(start)));
  return { headers: request.headers, query, target: url, body };
}
