/**
 * The rival of the live stream: `node plainBroadcast.ts`, plain `ws` and nothing else. It tells every viewer the body of each
 * request, stores nothing, checks nobody, and prints its port.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';

const server = createServer(async (request, response) => {
  const body = await text(request);
  for (const viewer of sockets.clients) viewer.send(body);
  response.end();
});
const sockets = new WebSocketServer({ server });
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
