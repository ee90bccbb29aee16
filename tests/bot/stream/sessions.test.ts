import assert from 'node:assert/strict';
import { createAccess } from '../../../bot/access/access.ts';
import type { Role } from '../../../bot/access/caller.ts';
import { cookie } from '../../../bot/access/cookie.ts';
import { EndedSessions } from '../../../bot/access/endedSessions.ts';
import { Sessions } from '../../../bot/access/sessions.ts';
import { streamAuthenticator } from '../../../bot/stream/streamCaller.ts';
import type { Store } from '../../../middleware/ports.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { readStream } from '../../support/streamClient.ts';
import { type StreamWorld, startStreamWorld } from './streamWorld.ts';

const apiKey = 'the-administrator-s-key-0123456789';
const idleMs = 30 * 60_000;

describe('a stream that is read in a session', () => {
  let store: Store;
  let world: StreamWorld;
  let now: number;
  let beat: () => void;
  let sessions: Sessions;
  let authenticate: ReturnType<typeof streamAuthenticator>;
  const clock = { now: () => now };
  const instance = () =>
    new Sessions(() => [apiKey], { idleMs, ended: new EndedSessions(store, clock), clock });

  beforeEach(async () => {
    now = Date.UTC(2026, 10, 22, 12);
    store = await openSqliteStore({ path: ':memory:' });
    sessions = instance();
    const access = createAccess({
      keyOf: () => undefined,
      tokens: { read: () => Promise.reject(new Error('no token')) },
      sessions,
      cookie: cookie('bluetick-session', undefined),
      publicUrl: undefined,
    });
    authenticate = streamAuthenticator(access, sessions);
    const scheduler = {
      after(_ms: number, task: () => void) {
        beat = task;
        return () => {};
      },
    };
    world = await startStreamWorld({ clock, scheduler, authenticate });
  });
  afterEach(async () => {
    await world.close();
    await store.close();
  });

  async function signedIn(role: Role) {
    const { session, text } = await sessions.begin({ role });
    return { session, headers: { cookie: `bluetick-session=${text}` } };
  }
  async function open(role: Role = 'agent') {
    const { session, headers } = await signedIn(role);
    const client = await readStream(world.url, { headers });
    await client.until(({ type }) => type === 'ready');
    return { session, client };
  }

  for (const [role, seesAll] of [
    ['agent', false],
    ['supervisor', true],
    ['administrator', true],
  ] as const) {
    it(`shows the role ${role} ${seesAll ? 'everything' : 'what is about a conversation'}`, async () => {
      const { headers } = await signedIn(role);
      const caller = await authenticate({ method: 'GET', headers });
      assert.equal(caller.sees({ conversation: 'c_x' }), true);
      assert.equal(caller.sees({ conversation: undefined }), seesAll);
    });
  }

  it('ends when nobody has acted, however much it tells', async () => {
    const { client } = await open();
    now += idleMs - 1;
    world.change('1');
    await client.until(({ conversation }) => conversation === '1');
    now += 1;
    beat();
    assert.deepEqual(await client.ended(), { code: 4401, reason: 'The session or the token is over' });
  });

  it('is not kept alive by coming again', async () => {
    const { session, headers } = await signedIn('agent');
    now += idleMs - 1;
    const client = await readStream(world.url, { headers });
    await client.until(({ type }) => type === 'ready');
    assert.equal(sessions.endOf(session), session.expiresAt);
    now += 1;
    beat();
    assert.equal((await client.ended()).code, 4401);
    await assert.rejects(readStream(world.url, { headers }), { status: 401 });
  });

  it('goes on while somebody acts', async () => {
    const { session, client } = await open();
    now += idleMs - 1;
    await sessions.renew(session);
    now += idleMs - 1;
    world.change('1');
    await client.until(({ conversation }) => conversation === '1');
    now += 1;
    world.change('2');
    assert.equal((await client.ended()).code, 4401);
    assert.ok(client.told.every(({ conversation }) => conversation !== '2'));
  });

  it('ends when they sign out: at once here, with the next beat at another instance', async () => {
    const [here, elsewhere, other] = [await open(), await open(), await open()];
    world.streams.endSession(here.session.id);
    assert.equal((await here.client.ended()).code, 4401);
    await instance().end(elsewhere.session);
    now += 5000;
    beat();
    assert.equal((await elsewhere.client.ended()).code, 4401);
    assert.equal(other.client.socket.readyState, other.client.socket.OPEN);
    await other.client.drop();
  });
});
