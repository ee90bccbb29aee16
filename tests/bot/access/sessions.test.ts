import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
import { EndedSessions } from '../../../bot/access/endedSessions.ts';
import { longestSessionMs, Sessions } from '../../../bot/access/sessions.ts';
import type { Store } from '../../../middleware/ports.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';

const apiKey = 'the-administrator-s-key-0123456789';
const minuteMs = 60_000;
const idleMs = 30 * minuteMs;

describe('a session', () => {
  let store: Store;
  let now: number;
  const clock = { now: () => now };
  /** An instance of the host: each has its own memory, and the store is one. */
  const instance = (key = apiKey) =>
    new Sessions(() => [key], { idleMs, ended: new EndedSessions(store, clock), clock });
  const ada = { role: 'agent', agent: 'Ada' } as const;
  before(async () => {
    store = await openSqliteStore({ path: ':memory:' });
  });
  beforeEach(async () => {
    now = Date.UTC(2026, 10, 22, 12);
    await store.writeState([{ key: 'bluetick/endedSessions' }]);
  });
  after(() => store.close());

  it('says who it is, at every instance that has the key', async () => {
    const { session, text } = await instance().begin(ada);
    assert.deepEqual(await instance().read(text), session);
    assert.deepEqual([session.role, session.agent, session.expiresAt], ['agent', 'Ada', now + idleMs]);
  });

  it('ends with the administrator’s key', async () => {
    const { text } = await instance().begin(ada);
    assert.equal(await instance(`${apiKey}-the-next`).read(text), undefined);
  });

  it('stays under the key with which it began, however often it is renewed, and ends with it', async () => {
    let keys = [apiKey];
    const sessions = new Sessions(() => keys, { idleMs, ended: new EndedSessions(store, clock), clock });
    let { text } = await sessions.begin(ada);
    keys = ['the-next-key-0123456789', apiKey];
    for (let renewals = 0; renewals < 3; renewals += 1) {
      now += minuteMs;
      const session = await sessions.read(text);
      assert.ok(session);
      text = String((await sessions.renew(session))?.text);
    }
    const later = await sessions.begin(ada);
    keys = ['the-next-key-0123456789'];
    assert.equal(await sessions.read(text), undefined);
    assert.deepEqual(await sessions.read(later.text), later.session);
  });

  it('is worth nothing with a letter changed, a part missing, or signed by somebody else', async () => {
    const sessions = instance();
    const { text, session } = await sessions.begin(ada);
    const [head = '', payload = '', signature = ''] = text.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const wider = Buffer.from(JSON.stringify({ ...claims, role: 'administrator' })).toString('base64url');
    const none = Buffer.from('{"alg":"none","typ":"bluetick-session+jwt"}').toString('base64url');
    const foreign = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'bluetick-session+jwt' })
      .sign(new TextEncoder().encode(apiKey));
    for (const forged of [
      `${head}.${wider}.${signature}`,
      `${head}.${payload}.`,
      `${head}.${payload}`,
      `${none}.${payload}.`,
      text.slice(0, -2),
      foreign,
      session.id,
      '',
    ])
      assert.equal(await sessions.read(forged), undefined, forged);
  });

  it('ends when nobody acts, to the millisecond', async () => {
    const sessions = instance();
    const { text } = await sessions.begin(ada);
    now += idleMs - 1;
    assert.ok(await sessions.read(text));
    now += 1;
    assert.equal(await sessions.read(text), undefined);
  });

  it('goes on while somebody acts, with a new cookie at most once a minute, and its streams with it', async () => {
    const sessions = instance();
    const { session, text } = await sessions.begin(ada);
    now += minuteMs - 1;
    assert.equal(await sessions.renew(session), undefined);
    now += 1;
    const renewed = await sessions.renew(session);
    assert.ok(renewed);
    assert.deepEqual(
      [renewed.session.id, renewed.session.csrf, renewed.session.signedInAt],
      [session.id, session.csrf, session.signedInAt],
    );
    assert.equal(sessions.endOf(session), now + idleMs);
    now += idleMs - 1;
    assert.ok(await sessions.read(renewed.text));
    assert.equal(await sessions.read(text), undefined);
  });

  it('ends after twelve hours, however busy', async () => {
    const sessions = instance();
    let { session, text } = await sessions.begin(ada);
    const end = session.signedInAt + longestSessionMs;
    while (now < end - minuteMs) {
      now += minuteMs;
      const renewed = await sessions.renew(session);
      assert.ok(renewed);
      ({ session, text } = renewed);
    }
    assert.equal(session.expiresAt, end);
    now = end - 1;
    assert.ok(await sessions.read(text));
    now = end;
    assert.equal(await sessions.read(text), undefined);
  });

  it('that was ended is over at once here, within five seconds elsewhere, and after a restart', async () => {
    const [here, elsewhere] = [instance(), instance()];
    const { session, text } = await here.begin(ada);
    assert.ok(await elsewhere.read(text));
    await here.end(session);
    assert.equal(await here.read(text), undefined);
    now += 5000;
    assert.equal(await elsewhere.read(text), undefined);
    assert.equal(await elsewhere.hasEnded(session), true);
    assert.equal(await instance().read(text), undefined);
  });

  it('that was ended stays ended when others end at the same time, at several instances', async () => {
    const instances = Array.from({ length: 5 }, () => instance());
    const begun = await Promise.all(instances.map(sessions => sessions.begin(ada)));
    await Promise.all(instances.map((sessions, index) => sessions.end(begun[index]?.session as never)));
    for (const { text } of begun) assert.equal(await instance().read(text), undefined);
  });

  it('that was ended is forgotten with the next one once it would be over', async () => {
    const sessions = instance();
    const kept = async () => {
      const [item] = await store.readState(['bluetick/endedSessions']);
      return Object.keys(JSON.parse(String(item?.json)));
    };
    const first = (await sessions.begin(ada)).session;
    await sessions.end(first);
    assert.deepEqual(await kept(), [first.id]);
    now += longestSessionMs;
    const second = (await sessions.begin(ada)).session;
    await sessions.end(second);
    assert.deepEqual(await kept(), [second.id]);
  });

  it('lets nobody in where nobody can tell whether it was ended', async () => {
    const other = await openSqliteStore({ path: ':memory:' });
    const sessions = new Sessions(() => [apiKey], { idleMs, ended: new EndedSessions(other, clock), clock });
    const { text } = await sessions.begin(ada);
    await other.close();
    await assert.rejects(sessions.read(text));
  });
});
