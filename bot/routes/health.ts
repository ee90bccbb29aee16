import type { Request, Response, Server } from 'restify';
import type { Store } from '../../middleware/ports.ts';

/** `GET /healthz`: the process lives. `GET /readyz`: it can also keep what it is sent. */
export function addHealthRoutes(server: Server, store: Store): void {
  server.get('/healthz', async (_request: Request, response: Response) => {
    response.json(200, { status: 'ok' });
  });
  server.get('/readyz', async (_request: Request, response: Response) => {
    const store_ = await store.deadLetters(1).then(
      () => 'ok',
      () => 'unavailable',
    );
    response.json(store_ === 'ok' ? 200 : 503, { status: store_, store: store_ });
  });
}
