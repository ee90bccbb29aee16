import assert from 'node:assert/strict';
import type { Phone } from '../../bot/simulator/phone.ts';
import { type ManyHosts, startHosts, type TestInstance } from '../support/manyHosts.ts';
import { type Browser, signIn } from '../support/signedIn.ts';

const publicUrl = 'https://bot.example.com';

describe('two hosts on one database', function () {
  this.timeout(30_000);
  let world: ManyHosts;
  let here: TestInstance;
  let there: TestInstance;

  before(async () => {
    world = await startHosts(2, { PUBLIC_URL: publicUrl });
    const [one, other] = world.all;
    assert.ok(one && other);
    [here, there] = [one, other];
  });
  after(() => world.close());

  const phoneOf = (name: string) => world.simulator.phone(name, { business: world.business });
  /** What reached the phone, in its order. */
  const answers = (phone: Phone) =>
    phone.messages.flatMap(({ from, text }) => (from === 'business' ? [String(text)] : []));
  const ask = async <T = never>(asked: Promise<Response>, status = 200): Promise<T> => {
    const answer = await asked;
    const body = await answer.json();
    assert.equal(answer.status, status, JSON.stringify(body));
    return body as T;
  };
  const conversationOf = async ({ business, customer }: Phone): Promise<string> => {
    const found = await here.host.app.store.conversation({ channel: 'meta', business, customer });
    return String(found?.id);
  };

  /** How many turns an instance has ended. */
  const turnsEnded = async ({ host }: TestInstance): Promise<number> => {
    const metrics = await host.app.engine.metrics();
    const turns = metrics.find(({ name }) => name === 'messaging.process.duration');
    const counts = (turns?.points ?? []).flatMap(point => ('counts' in point ? point.counts : []));
    return counts.reduce((sum, count) => sum + count, 0);
  };

  it('know how many they are', async () => {
    await world.until(() => world.all.every(({ host }) => host.app.store.sharing?.instances === 2));
  });

  it('answer each message of a conversation once, in order, and read it first, wherever its webhooks arrive', async () => {
    const phone = phoneOf('4915550700001');
    const about = { 'opening hours': /open/, prices: /puncture/, 'where are you': /Dock Street/ };
    const asked = Object.entries(about);
    for (const [index, [question]] of asked.entries())
      assert.equal(await (index % 2 === 0 ? here : there).take(phone, `${question} ${index}?`), 200);
    await world.until(() => answers(phone).length >= asked.length);
    for (const [index, [, expected]] of asked.entries())
      assert.match(String(answers(phone)[index]), expected);
    await world.simulator.idle();
    assert.equal(answers(phone).length, asked.length);
    const id = await conversationOf(phone);
    const { items } = await ask<{ items: { outcome: string }[] }>(
      there.call('GET', `/conversations/${id}/receipts`),
    );
    assert.equal(items.length, asked.length);
    assert.ok(items.every(({ outcome }) => ['sent', 'covered'].includes(outcome)));
  });

  it('take whoever has signed in at one of them, and whom one has given a token', async () => {
    const session = (browser: Browser) => there.call('GET', '/session', undefined, { ...browser });
    const gone = await signIn(here.url, world.key, 'Ada');
    const out = await here.call('DELETE', '/session', undefined, { ...gone });
    assert.equal(out.status, 204);
    await ask(session(gone), 401);
    await ask(session(await signIn(here.url, world.key, 'Ada')));
    const { token } = await ask<{ token: string }>(here.call('POST', '/tokens', { agent: 'Ada' }), 201);
    const phone = phoneOf('4915550700002');
    await here.take(phone, 'prices?');
    const id = await conversationOf(phone);
    const bearer = { authorization: `Bearer ${token}` };
    await ask(here.call('POST', `/conversations/${id}/agent-events`, { event: 'accepted', agent: 'Ada' }));
    await ask(there.call('POST', `/conversations/${id}/agent-events`, { event: 'opened' }, bearer));
  });

  it('hand out each other’s files', async () => {
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(400_000, 7)]);
    const answer = await fetch(`${here.url}/api/v1/uploads`, {
      method: 'POST',
      headers: { 'x-api-key': world.key, 'content-type': 'image/png', 'x-file-name': 'wheel.png' },
      body: png,
    });
    const { url } = (await answer.json()) as { url: string };
    assert.equal(answer.status, 201);
    const file = await fetch(url.replace(publicUrl, there.url));
    assert.equal(file.status, 200);
    assert.deepEqual(Buffer.from(await file.arrayBuffer()), png);
  });

  it('have one hand-off where agents take a conversation at both at once', async () => {
    const phone = phoneOf('4915550700003');
    await here.take(phone, 'prices?');
    const id = await conversationOf(phone);
    const take = (at: TestInstance, agent: string) =>
      at.call('POST', `/conversations/${id}/agent-events`, { event: 'accepted', agent });
    const taken = await Promise.all([
      take(here, 'Ada'),
      take(there, 'Ben'),
      take(here, 'Ada'),
      take(there, 'Ben'),
    ]);
    assert.deepEqual(
      taken.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    const now = await ask<{ holder: string; agent: string }>(there.call('GET', `/conversations/${id}`));
    assert.equal(now.holder, 'agent');
    assert.ok(['Ada', 'Ben'].includes(now.agent));
  });

  it('leave out the bot’s answer where an agent takes the conversation at the other while it thinks', async () => {
    await ask(here.call('PUT', '/policies/channel/meta', { think: { delay: { minMs: 800 } } }));
    const phone = phoneOf('4915550700004');
    const before = await turnsEnded(here);
    await here.take(phone, 'opening hours?');
    const id = await conversationOf(phone);
    await ask(there.call('POST', `/conversations/${id}/agent-events`, { event: 'accepted', agent: 'Ada' }));
    await world.until(async () => (await turnsEnded(here)) > before);
    assert.deepEqual(answers(phone), []);
    await ask(here.call('DELETE', '/policies/channel/meta'), 200);
  });

  it('let a reply go when its receipt has gone, whichever of them made the call', async () => {
    const receiptBarrierMs = 10_000;
    await ask(
      here.call('PUT', '/policies/channel/meta', {
        read: { delay: { minMs: 300 } },
        reply: { receiptBarrierMs },
      }),
    );
    const phones = [1, 2, 3, 4].map(index => phoneOf(`491555070010${index}`));
    const begun = performance.now();
    for (const [index, phone] of phones.entries())
      assert.equal(await (index % 2 === 0 ? here : there).take(phone, `prices ${phone.customer}?`), 200);
    await world.until(() => phones.every(phone => answers(phone).length > 0));
    assert.ok(performance.now() - begun < receiptBarrierMs);
    await ask(here.call('DELETE', '/policies/channel/meta'));
  });

  it('count each other out when one ends', async () => {
    await there.host.close();
    await world.until(() => here.host.app.store.sharing?.instances === 1);
    const phone = phoneOf('4915550700005');
    assert.equal(await here.take(phone, 'prices?'), 200);
    await world.until(() => answers(phone).length > 0);
  });
});
