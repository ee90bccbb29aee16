import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
import { sessionsOf, signedInAs } from '../support/signedIn.ts';
import { type AttackedHost, startAttackedHost } from './attackedHost.ts';

const keys = ['the-administrator-s-key-0123456789', 'the-key-of-another-program-0123456789'] as const;

/** How often a caller may ask here: in a burst twice as often, with what comes back meanwhile. */
const perSecond = 5;

describe('how often each may ask', () => {
  let attacked: AttackedHost;
  before(async () => {
    const settings = {
      BLUETICK_API_KEY: keys.join(),
      BLUETICK_REQUESTS_PER_SECOND: String(perSecond),
      BLUETICK_PROXIES: '1',
    };
    attacked = await startAttackedHost(settings);
  });
  after(() => attacked.close());

  const path = '/api/v1/session';
  /** Asks until it is too often; answers how often it was let in, and the answer that refused. */
  async function askOn(headers: Record<string, string>, from?: string, most = 400) {
    for (let letIn = 0; letIn < most; letIn += 1) {
      const answer = await attacked.ask({ path, headers, ...(from !== undefined && { from }) });
      if (answer.status === 429) return { letIn, refused: answer };
    }
    return assert.fail('it was never too often');
  }
  const isLetIn = async (headers: Record<string, string>, from?: string) =>
    (await attacked.ask({ path, headers, ...(from !== undefined && { from }) })).status === 200;

  it('is counted by the key, wherever its requests come from, and not by their address', async () => {
    const { letIn, refused } = await askOn({ 'x-api-key': keys[0] });
    assert.ok(letIn >= 2 * perSecond && letIn < 100, String(letIn));
    assert.match(refused.shown, /"retry-after":"1"/);
    assert.equal(JSON.parse(refused.text).error.code, 'rate_limited');
    assert.equal(await isLetIn({ 'x-api-key': keys[0] }, '127.0.0.2'), false);
    // The same address, and another key.
    assert.equal(await isLetIn({ 'x-api-key': keys[1] }), true);
  });

  it('is counted by the session, one agent beside the others', async () => {
    const sessions = sessionsOf(keys[0], attacked.host.app.store);
    const [ada, grace] = [
      await signedInAs(sessions, 'agent', 'Ada'),
      await signedInAs(sessions, 'agent', 'Grace'),
    ];
    const { letIn } = await askOn({ cookie: ada.cookie });
    assert.ok(letIn >= 2 * perSecond && letIn < 100, String(letIn));
    assert.equal(await isLetIn({ cookie: grace.cookie }), true);
  });

  it('is counted by the address for whoever is not known: a right key does not show among wrong ones', async () => {
    const from = '127.0.0.3';
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from('another key'));
    const strangers = [{}, { 'x-api-key': 'a-wrong-key-0123456789' }, { authorization: `Bearer ${forged}` }];
    let asked = 0;
    let refused = false;
    while (!refused && asked < 5000) {
      const answers = await Promise.all(
        strangers.flatMap(headers => Array.from({ length: 20 }, () => attacked.ask({ path, headers, from }))),
      );
      asked += answers.length;
      refused = answers.some(({ status }) => status === 429);
      for (const { status } of answers) assert.ok(status === 401 || status === 429);
    }
    assert.ok(refused);
    const guesses = await Promise.all(
      Array.from({ length: 60 }, (_, place) =>
        attacked.ask({
          path,
          headers: { 'x-api-key': place === 59 ? keys[1] : 'a-wrong-key-0123456789' },
          from,
        }),
      ),
    );
    assert.ok(guesses.some(({ status }) => status === 429));
    // Who comes from elsewhere does not suffer for it.
    assert.equal(await isLetIn({ 'x-api-key': keys[1] }, '127.0.0.4'), true);
  });

  it('is counted by whom the proxy was asked by, and not by what they say of themselves', async () => {
    const from = '127.0.0.5';
    const behind = (address: string) => ({
      'x-api-key': 'a-wrong-key-0123456789',
      'x-forwarded-for': address,
    });
    const ask = async (address: string) =>
      (await attacked.ask({ path, headers: behind(address), from })).status;
    let statuses: number[] = [];
    for (let turn = 0; turn < 100 && !statuses.includes(429); turn += 1)
      statuses = await Promise.all(
        Array.from({ length: 50 }, (_, place) => ask(`198.51.100.${turn}, 203.0.113.7:${1024 + place}`)),
      );
    assert.ok(statuses.includes(429));
    assert.equal(await ask('203.0.113.8:1024'), 401);
  });

  it('is the same for the stream', async () => {
    await askOn({ 'x-api-key': keys[0] });
    const headers = {
      'x-api-key': keys[0],
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    };
    const { status, shown } = await attacked.ask({ path: '/api/v1/stream', headers });
    assert.equal(status, 429);
    assert.match(shown, /retry-after/i);
  });

  it('is counted, by whom', async () => {
    const metrics = await attacked.host.app.engine.metrics();
    const points = metrics.find(({ name }) => name === 'bluetick.requests.limited')?.points ?? [];
    assert.deepEqual(points.map(({ attributes }) => attributes['bluetick.outcome']).sort(), [
      'address',
      'caller',
    ]);
  });
});
