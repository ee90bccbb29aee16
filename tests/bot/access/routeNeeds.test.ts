import assert from 'node:assert/strict';
import { pino } from 'pino';
import { may, type Role, roles } from '../../../bot/access/caller.ts';
import { createServer } from '../../../bot/server.ts';
import { type AttackedHost, startAttackedHost } from '../../security/attackedHost.ts';
import { isGuarded, type NamedRoute, routeNeeds, routesOf } from '../../support/routeNeeds.ts';
import { sessionsOf, signedInAs } from '../../support/signedIn.ts';

/** Everything that adds a route is on. */
const settings = {
  BLUETICK_CORS_ORIGINS: 'https://contoso.crm.dynamics.com',
  DATAVERSE_WEBHOOK_KEY: 'a-key-of-dataverse-0123456789',
  BLUETICK_ENTRA_TENANT_ID: '11111111-2222-4333-8444-555555555555',
  BLUETICK_ENTRA_CLIENT_ID: 'client',
  BLUETICK_ENTRA_CLIENT_SECRET: 'secret',
  BLUETICK_ENTRA_AUTHORITY: 'http://127.0.0.1:9',
};

describe('every route', () => {
  let attacked: AttackedHost;
  let routes: NamedRoute[];
  before(async () => {
    attacked = await startAttackedHost(settings, { mode: 'gateway', policy: {} });
    routes = routesOf(createServer(attacked.host.app, () => [attacked.apiKey], pino({ level: 'silent' })));
  });
  after(() => attacked.close());

  let asked = 0;
  async function statusOf({ method, path }: NamedRoute, headers: object): Promise<number> {
    const body = method === 'GET' || method === 'OPTIONS' ? undefined : '{"text":';
    const { status } = await attacked.ask({
      method,
      path: path.replace(/:\w+/g, 'x'),
      // One address may ask a hundred times a second only.
      from: `127.0.0.${1 + (asked++ % 250)}`,
      headers: { ...headers },
      ...(body !== undefined && { body }),
    });
    return status;
  }
  const passes = (status: number) => status !== 401 && status !== 403;
  const guarded = () => routes.filter(isGuarded);

  it('is in the table that says who may call it', () => {
    for (const { name } of routes) assert.ok(name in routeNeeds, `${name} is not in the table`);
  });

  it('of the table is there', () => {
    const names = new Set(routes.map(({ name }) => name));
    for (const name of Object.keys(routeNeeds)) assert.ok(names.has(name), `there is no ${name}`);
  });

  it('is open to who has the key', async () => {
    for (const route of guarded())
      assert.ok(passes(await statusOf(route, { 'x-api-key': attacked.apiKey })), route.name);
  });

  it('is closed to who has none, and to a cookie that is none', async () => {
    const { 'x-csrf-token': csrf } = await signedInAs(
      sessionsOf(attacked.apiKey, attacked.host.app.store),
      'administrator',
    );
    for (const route of guarded())
      for (const cookie of ['', 'bluetick-session=', 'bluetick-session=a.b.c'])
        assert.equal(await statusOf(route, { cookie, 'x-csrf-token': csrf }), 401, route.name);
  });

  for (const role of roles) {
    it(`is open to a session of the role ${role} where the table says so, and nowhere else`, async () => {
      const sessions = sessionsOf(attacked.apiKey, attacked.host.app.store);
      for (const route of guarded()) {
        const needs = routeNeeds[route.name];
        const needed: Role = needs === 'granted' ? 'agent' : (needs as Role);
        const status = await statusOf(route, await signedInAs(sessions, role));
        if (may(role, needed)) assert.ok(passes(status), `${route.name}: ${status}`);
        else assert.equal(status, 403, route.name);
      }
    });
  }

  it('is open to an agent’s token where it looks at what that grants, and nowhere else', async () => {
    const { text } = await attacked.ask({
      method: 'POST',
      path: '/api/v1/tokens',
      headers: { 'x-api-key': attacked.apiKey },
      body: '{}',
    });
    const headers = { authorization: `Bearer ${JSON.parse(text).token}` };
    for (const route of guarded()) {
      const status = await statusOf(route, headers);
      if (routeNeeds[route.name] === 'granted') assert.ok(passes(status), `${route.name}: ${status}`);
      else assert.equal(status, 401, route.name);
    }
  });

  it('that changes something needs the proof of the console’s page, in a session', async () => {
    const sessions = sessionsOf(attacked.apiKey, attacked.host.app.store);
    for (const route of guarded().filter(({ method }) => method !== 'GET')) {
      const { cookie } = await signedInAs(sessions, 'administrator');
      assert.equal(await statusOf(route, { cookie }), 403, route.name);
    }
  });
});
