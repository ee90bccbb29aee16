import type { Request, Response, Server } from 'restify';
import type { Clock, Store } from '../../middleware/ports.ts';
import { countDown } from '../../middleware/timing/countDown.ts';

/** How long an answer about the store holds: nobody makes it write more often by asking. */
const holdsMs = 1000;

/** `GET /healthz`: the process lives. `GET /readyz`: it can also keep what it is sent. */
export function addHealthRoutes(server: Server, store: Pick<Store, 'ping'>, clock: Clock): void {
  let holds = () => 0;
  let ready: Promise<boolean> = Promise.resolve(false);

  server.get('/healthz', async (_request: Request, response: Response) => {
    response.json(200, { status: 'ok' });
  });

  server.get('/readyz', async (_request: Request, response: Response) => {
    if (holds() === 0) {
      holds = countDown(holdsMs, clock);
      ready = store.ping(clock.now()).then(
        () => true,
        () => false,
      );
    }
    const status = (await ready) ? 'ok' : 'unavailable';
    response.json(status === 'ok' ? 200 : 503, { status, store: status });
  });
}
