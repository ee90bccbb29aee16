import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookChannel } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { receiveWebhook } from '../../middleware/receiveWebhook.ts';
import { readBytes } from '../simulator/requests.ts';

/** Where a channel's webhooks are taken in. */
export interface WebhookServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 for the webhooks of one channel. */
export async function startWebhookServer(engine: Engine, channel: WebhookChannel): Promise<WebhookServer> {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url: target = '/', headers } = request;
    const body = (await readBytes(request, channel.webhook.bodyLimit)) ?? Buffer.alloc(0);
    const answer = await receiveWebhook(engine, channel, { method, target, headers, body });
    // Not in one: where restify is loaded, `writeHead` answers nothing.
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
