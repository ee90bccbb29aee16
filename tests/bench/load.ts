import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a load came to. */
export interface Load {
  /** Requests a second. */
  readonly rate: number;
  /** Answers that were not 200. */
  readonly failed: number;
}

/**
 * Sends prepared requests over a number of connections, one at a time on each, as fast as they are answered. It reads no
 * more of an answer than its status and length: on a machine with two cores a client that does more measures itself.
 */
export async function sendLoad(
  port: number,
  requests: readonly Buffer[],
  connections: number,
): Promise<Load> {
  let sent = 0;
  let answered = 0;
  let failed = 0;
  const done = Promise.withResolvers<void>();
  const sendOn = (socket: Socket) => {
    const next = requests[sent];
    if (next === undefined) return;
    sent += 1;
    socket.write(next);
  };
  const open = async () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    let rest = '';
    socket.setEncoding('latin1');
    socket.on('error', done.reject);
    socket.on('data', (chunk: string) => {
      rest += chunk;
      for (;;) {
        const head = rest.indexOf('\r\n\r\n');
        if (head < 0) return;
        const end = endOf(rest, head);
        if (end === undefined) return;
        if (!rest.startsWith('HTTP/1.1 200')) failed += 1;
        rest = rest.slice(end);
        answered += 1;
        if (answered === requests.length) done.resolve();
        sendOn(socket);
      }
    });
    return socket;
  };
  const sockets = await Promise.all(Array.from({ length: connections }, open));
  const start = performance.now();
  for (const socket of sockets) sendOn(socket);
  await done.promise;
  const seconds = (performance.now() - start) / 1000;
  for (const socket of sockets) socket.destroy();
  return { rate: requests.length / seconds, failed };
}

/** Where the answer ends whose head ends at `head`; `undefined`: it is not here as a whole yet. */
function endOf(answer: string, head: number): number | undefined {
  const headers = answer.slice(0, head);
  if (/transfer-encoding: *chunked/i.test(headers)) {
    const last = answer.indexOf('0\r\n\r\n', head);
    return last < 0 ? undefined : last + 5;
  }
  const length = Number(/content-length: *(\d+)/i.exec(headers)?.[1] ?? 0);
  return answer.length < head + 4 + length ? undefined : head + 4 + length;
}

/** A request as bytes. */
export function requestOf(path: string, body: string, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({ 'content-type': 'application/json', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const length = Buffer.byteLength(body);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines}content-length: ${length}\r\n\r\n${body}`,
  );
}
