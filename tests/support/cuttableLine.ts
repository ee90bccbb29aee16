import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line between a browser and a host that can be cut. */
export interface CuttableLine {
  /** How the host is reached over it. */
  readonly url: string;
  /** Ends every connection, and takes none until it is mended. */
  cut(): void;
  /** @param to the host that it leads to from now on; default the one before */
  mend(to?: string): void;
  close(): Promise<void>;
}

/** Lays a line to a host: it passes on every byte, and changes none. */
export async function layLine(to: string): Promise<CuttableLine> {
  let target = new URL(to);
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer(near => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hangUp = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true;
      hangUp();
    },
    mend(next) {
      if (next !== undefined) target = new URL(next);
      isCut = false;
    },
    async close() {
      server.close();
      hangUp();
      await once(server, 'close');
    },
  };
}
