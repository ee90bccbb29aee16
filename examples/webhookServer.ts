/** What an HTTP server does with a channel's webhooks. Every example with webhooks uses it; any server will do. */
import { createServer, type Server } from 'node:http';
import { type Engine, receiveWebhook, type WebhookChannel } from 'bluetick';

/** Makes it; `listen(3978)` starts it. */
export function createWebhookServer(engine: Engine, channel: WebhookChannel): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request) {
      size += chunk.length;
      // Before anything is proved, nobody may fill the memory.
      if (size > channel.webhook.bodyLimit) {
        response.writeHead(413, { connection: 'close' });
        return void response.end();
      }
      chunks.push(chunk);
    }
    const { method = '', url: target = '/', headers: sent } = request;
    const asked = { method, target, headers: sent, body: Buffer.concat(chunks) };
    const { status, headers, body } = await receiveWebhook(engine, channel, asked);
    // Not in one: where restify is loaded, `writeHead` answers nothing.
    response.writeHead(status, headers);
    response.end(body);
  });
}
