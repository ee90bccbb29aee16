import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A provider at the other end of loopback, that takes every call at once. */
export interface MetaProvider {
  readonly url: string;
  /** When the receipt of each message came in, by `performance.now()`. */
  readonly receipts: Map<string, number>;
  close(): Promise<void>;
}

/** Starts one, in Meta's form. */
export async function startMetaProvider(): Promise<MetaProvider> {
  const receipts = new Map<string, number>();
  let sent = 0;
  const server = createServer(async (request, response) => {
    const at = performance.now();
    const { status, message_id: read } = (await json(request)) as { status?: string; message_id?: string };
    if (status === 'read' && read !== undefined) receipts.set(read, at);
    sent += 1;
    response.setHeader('content-type', 'application/json');
    response.end(status === 'read' ? '{"success":true}' : `{"messages":[{"id":"wamid.bench-${sent}"}]}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    receipts,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
