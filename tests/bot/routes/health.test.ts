import assert from 'node:assert/strict';
import type { Server } from 'restify';
import { addHealthRoutes } from '../../../bot/routes/health.ts';

describe('the route that tells whether the host is ready', () => {
  it('asks the store anew after a second, also where the clock was set back', async () => {
    let [now, steady, up] = [Date.UTC(2026, 10, 22, 12), 0, true];
    const routes = new Map<string, (request: object, response: object) => Promise<void>>();
    const server = { get: (path: string, route: never) => routes.set(path, route) };
    const store = { ping: () => (up ? Promise.resolve() : Promise.reject(new Error('away'))) };
    addHealthRoutes(server as unknown as Server, store, { now: () => now, steady: () => steady });
    const ask = async () => {
      let status = 0;
      const json = (code: number) => {
        status = code;
      };
      await routes.get('/readyz')?.({}, { json });
      return status;
    };
    assert.equal(await ask(), 200);
    now -= 3 * 3_600_000;
    up = false;
    steady += 999;
    assert.equal(await ask(), 200);
    steady += 1;
    assert.equal(await ask(), 503);
  });
});
