import type { Request, Response, Server } from 'restify';
import type { Clock, Store } from '../../middleware/ports.ts';

/** How long an answer about the store holds: nobody makes it write more often by asking. */
const holdsMs = 1000;

/** `GET /healthz`: the process lives. `GET /readyz`: it can also keep what it is sent. */
export function addHealthRoutes(server: Server, store: Store, clock: Clock): void {
  let asked = Number.NEGATIVE_INFINITY;
  let ready: Promise<boolean> = Promise.resolve(false);

  server.get('/healthz', async (_request: Request, response: Response) => {
    response.json(200, { status: 'ok' });
  });

  server.get('/readyz', async (_request: Request, response: Response) => {
    if (clock.now() - asked >= holdsMs) {
      asked = clock.now();
      ready = store.ping(asked).then(
        () => true,
        () => false,
      );
    }
    const status = (await ready) ? 'ok' : 'unavailable';
    response.json(status === 'ok' ? 200 : 503, { status, store: status });
  });
}
