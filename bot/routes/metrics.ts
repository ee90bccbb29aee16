import type { Request, Response, Server } from 'restify';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { expositionType, toExposition } from '../telemetry/exposition.ts';
import type { ApiRoute } from './api.ts';

/** `GET /metrics`: what this process has counted since its start, and how it is now, for Prometheus. */
export function addMetricsRoute(
  server: Server,
  { engine, route }: { engine: Pick<Engine, 'metrics'>; route: ApiRoute },
): void {
  const answer = async (_request: Request, _caller: unknown, response: Response) => {
    const text = toExposition(await engine.metrics());
    response.sendRaw(200, text, { 'Content-Type': expositionType });
  };
  server.get('/metrics', ...route(answer, { role: 'supervisor' }));
}
