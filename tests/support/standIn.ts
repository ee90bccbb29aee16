import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

/** A server on a free port of this machine. */
export interface StandIn {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves HTTP with one handler. */
export function serveHttp(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<StandIn> {
  const server = createServer(handle);
  return listen(server, () => server.closeAllConnections());
}

/** Accepts connections and does with them whatever `handle` does. */
export function serveTcp(handle: (socket: Socket) => void): Promise<StandIn> {
  const sockets = new Set<Socket>();
  const server = createTcpServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    handle(socket);
  });
  return listen(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

async function listen(server: Server, drop: () => void): Promise<StandIn> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      drop();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** An address on which nobody listens. */
export async function nobody(): Promise<string> {
  const { origin, close } = await serveTcp(() => {});
  await close();
  return origin;
}
