import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { signBody } from '../../../bot/simulator/envelopes.ts';
import { isSigned } from '../../support/acsSignature.ts';
import type { Call } from '../../support/callServer.ts';
import { rbmWebhook } from '../../support/googleWebhooks.ts';
import { signIn } from '../../support/signedIn.ts';
import { readStream } from '../../support/streamClient.ts';
import { signForm } from '../../support/twilioWebhooks.ts';
import {
  accountSid,
  acsChannelId,
  credentialsIn,
  publicUrl,
  type RotatingHost,
  startRotatingHost,
} from './rotatingHost.ts';

/** A request that is proved by a secret: what is sent, and where. */
type Proved = (secret: string) => readonly [path: string, request: RequestInit];

const post = (path: string, body: string, headers: Record<string, string>) =>
  [path, { method: 'POST', body, headers }] as const;
const aCustomer = '4915550001111';

/** Every door that a secret opens, by the setting. */
const doors: Readonly<Record<string, Proved>> = {
  BLUETICK_API_KEY: secret => ['/api/v1/session', { headers: { 'x-api-key': secret } }],
  ACS_WEBHOOK_SECRET: secret => post('/webhooks/acs', '[]', { 'x-webhook-secret': secret }),
  META_APP_SECRET: secret => post('/webhooks/meta', '{}', { 'x-hub-signature-256': signBody('{}', secret) }),
  TWILIO_AUTH_TOKEN(secret) {
    const { body, headers } = signForm(`${publicUrl}/webhooks/twilio`, { AccountSid: accountSid }, secret);
    return post('/webhooks/twilio', body, { ...headers });
  },
  WAHA_HMAC_KEY: secret =>
    post('/webhooks/waha', '{}', {
      'x-webhook-hmac': createHmac('sha512', secret).update('{}').digest('hex'),
    }),
  WAWP_WEBHOOK_SECRET: secret => post('/webhooks/wawp', '{}', { 'x-webhook-secret': secret }),
  RBM_CLIENT_TOKEN(secret) {
    const { body, headers } = rbmWebhook({}, secret);
    return post('/webhooks/google', body.toString(), headers);
  },
  DATAVERSE_WEBHOOK_KEY: secret => post('/webhooks/dataverse', '{}', { 'x-webhook-secret': secret }),
};

/** Every provider that is called, by the setting: how the call shows the secret, and another secret. */
const calls: Readonly<
  Record<string, { channel: string; shows: (call: Call<Buffer>, secret: string) => boolean; next: string }>
> = {
  ACS_CONNECTION_STRING: {
    channel: 'acs',
    shows: ({ method, path, headers, body }, secret) =>
      isSigned({ method, path, body }, headers, String(/accessKey=(.*)$/.exec(secret)?.[1])),
    next: btoa('the next access key'),
  },
  META_ACCESS_TOKEN: { channel: 'meta', shows: includes, next: 'the-next-access-token' },
  TWILIO_AUTH_TOKEN: {
    channel: 'twilio',
    shows: (call, secret) => includes(call, btoa(`${accountSid}:${secret}`)),
    next: 'the-next-auth-token',
  },
  WAHA_API_KEY: { channel: 'waha', shows: includes, next: 'the-next-key-of-waha' },
  WAWP_ACCESS_TOKEN: { channel: 'wawp', shows: includes, next: 'the-next-token-of-wawp' },
};

function includes(call: Call<Buffer>, secret: string): boolean {
  return credentialsIn(call).includes(secret);
}

const businesses: Readonly<Record<string, string>> = {
  acs: acsChannelId,
  meta: '106540352242922',
  twilio: '14155238886',
  waha: 'default',
  wawp: 'the-instance',
};
const messageIds: Readonly<Record<string, string>> = {
  twilio: `SM${'3'.repeat(32)}`,
  waha: `false_${aCustomer}@c.us_3EB0A0B0C0D0E0F0A0B0`,
  wawp: `false_${aCustomer}@c.us_3EB0A0B0C0D0E0F0A0B0`,
};

describe('a key is rotated without a restart', () => {
  let world: RotatingHost;
  before(async () => {
    world = await startRotatingHost();
  });
  after(() => world.close());
  afterEach(async () => {
    world.held = undefined;
    await world.reset();
  });

  const ask = ([path, request]: readonly [path: string, request: RequestInit]) =>
    fetch(world.host.url.replace(publicUrl, `http://127.0.0.1:${world.host.port}`) + path, request);
  const isLetIn = async (proved: Proved, secret: string) => (await ask(proved(secret))).status !== 401;

  for (const [setting, proved] of Object.entries(doors))
    it(`${setting}: both open while both are listed, then the new one alone`, async () => {
      const [old, next] = [world.first(setting), `the-next-one-of-${setting}`];
      assert.deepEqual([await isLetIn(proved, old), await isLetIn(proved, next)], [true, false]);
      await world.put({ [setting]: `${next},${old}` });
      assert.deepEqual([await isLetIn(proved, old), await isLetIn(proved, next)], [true, true]);
      await world.put({ [setting]: next });
      assert.deepEqual([await isLetIn(proved, old), await isLetIn(proved, next)], [false, true]);
    });

  it('META_VERIFY_TOKEN: the new one answers the next challenge', async () => {
    const verified = async (token: string) => {
      const query = `hub.mode=subscribe&hub.challenge=1234&hub.verify_token=${token}`;
      return (await ask([`/webhooks/meta?${query}`, {}])).status;
    };
    const old = world.first('META_VERIFY_TOKEN');
    assert.equal(await verified(old), 200);
    await world.put({ META_VERIFY_TOKEN: 'the-next-verify-token' });
    assert.deepEqual([await verified(old), await verified('the-next-verify-token')], [403, 200]);
  });

  for (const [setting, { channel: name, shows, next: given }] of Object.entries(calls))
    it(`${setting}: a call under way goes to its end, and the next one is made with the new one`, async () => {
      const old = world.first(setting);
      const next = setting === 'ACS_CONNECTION_STRING' ? old.replace(/(?<=accessKey=).*/, given) : given;
      const channel = world.host.app.channels.find(each => each.name === name);
      const markRead = () =>
        channel?.markRead(
          {
            channel: channel.name,
            business: String(businesses[name]),
            customer: aCustomer,
            messageId: messageIds[name] ?? 'wamid.1',
            typing: name === 'twilio',
            repeatId: '6f1b2d34-9c0e-4b7a-8a51-0d6c1c9f2e10',
          },
          AbortSignal.timeout(10_000),
        );
      const answered = Promise.withResolvers<void>();
      world.held = answered.promise;
      const before = world.provider.calls.length;
      const underWay = markRead();
      underWay?.catch(() => {});
      while (world.provider.calls.length === before) await new Promise(setImmediate);
      await world.put({ [setting]: next });
      answered.resolve();
      await underWay;
      await markRead();
      const [first, second, ...more] = world.provider.calls.slice(before);
      assert.ok(first && second);
      assert.equal(more.length, 0);
      assert.deepEqual([shows(first, old), shows(first, next)], [true, false]);
      assert.deepEqual([shows(second, old), shows(second, next)], [false, true]);
    });

  it('RBM_SERVICE_ACCOUNT_FILE: the file is read again, and tokens come for the new account', async () => {
    const google = world.host.app.channels.find(({ name }) => name === 'google');
    const pathOfToken = async () => {
      const before = world.provider.calls.length;
      const call = {
        channel: 'google',
        business: 'the-agent',
        customer: aCustomer,
        messageId: 'message-1',
        typing: false,
        repeatId: '6f1b2d34-9c0e-4b7a-8a51-0d6c1c9f2e10',
      } as const;
      // What answers here gives no tokens.
      await assert.rejects(google?.markRead(call, AbortSignal.timeout(10_000)) ?? Promise.resolve());
      return world.provider.calls.slice(before).map(({ path }) => path);
    };
    assert.deepEqual(await pathOfToken(), ['/token']);
    await world.putServiceAccount('/token-of-the-next');
    assert.deepEqual(await pathOfToken(), ['/token-of-the-next']);
    await world.putServiceAccount('/token');
  });

  it('sessions and tokens of a key last while it is listed, and end with it, however often they were renewed', async () => {
    const [old, next] = [world.first('BLUETICK_API_KEY'), 'the-next-administrator-s-key'];
    const here = `http://127.0.0.1:${world.host.port}`;
    const status = async (path: string, headers: Record<string, string>, body?: string) =>
      (await fetch(here + path, { headers, ...(body !== undefined && { method: 'POST', body }) })).status;
    const browser = await signIn(here, old);
    const body = JSON.stringify({ conversations: ['c_0123456789abcdef'] });
    const made = await ask(['/api/v1/tokens', { method: 'POST', headers: { 'x-api-key': old }, body }]);
    const { token } = (await made.json()) as { token: string };
    const report = () =>
      status(
        '/api/v1/conversations/c_0123456789abcdef/agent-events',
        { authorization: `Bearer ${token}` },
        '{"event":"opened"}',
      );
    const stream = await readStream(here, { headers: { cookie: browser.cookie } });
    await world.put({ BLUETICK_API_KEY: `${next},${old}` });
    assert.equal(await status('/api/v1/session', { cookie: browser.cookie }), 200);
    // The conversation is not there, which only whoever was let in is told.
    assert.equal(await report(), 404);
    assert.equal(stream.socket.readyState, stream.socket.OPEN);
    await world.put({ BLUETICK_API_KEY: next });
    assert.equal(await status('/api/v1/session', { cookie: browser.cookie }), 401);
    assert.equal(await report(), 401);
    assert.equal((await stream.ended()).code, 4401);
  });

  it('a set with a bad value is refused as a whole, once in the log, which shows no value', async () => {
    const bad = [
      [{ BLUETICK_API_KEY: 'too-short' }, /^BLUETICK_API_KEY: allowed: 16 characters or more/],
      [{ META_ACCESS_TOKEN: 'two\nlines' }, /META_ACCESS_TOKEN/],
      [{ ACS_CONNECTION_STRING: 'no connection string' }, /ACS_CONNECTION_STRING/],
    ] as const;
    for (const [values, because] of bad) {
      world.log.lines.length = 0;
      const put = { META_APP_SECRET: 'the-next-app-secret', ...values };
      await world.put(put);
      await world.put(put);
      const [line, ...more] = world.log.lines.filter(({ level }) => level === 'error');
      assert.ok(line);
      assert.deepEqual(more, []);
      assert.match((line.fields as { because: string }).because, because);
      for (const value of Object.values(values)) assert.ok(!JSON.stringify(line).includes(value.slice(0, 6)));
      assert.equal(await isLetIn(doors.META_APP_SECRET as Proved, 'the-next-app-secret'), false);
      assert.equal(await isLetIn(doors.META_APP_SECRET as Proved, world.first('META_APP_SECRET')), true);
      await world.reset();
    }
  });

  it('a folder that goes away changes nothing, and is told of once', async () => {
    await world.lose();
    const told = world.log.lines.filter(({ level }) => level === 'error');
    assert.deepEqual(
      told.map(({ fields }) => fields),
      [{ because: 'BLUETICK_SECRETS: the folder cannot be read (ENOENT)' }],
    );
    assert.equal(await isLetIn(doors.BLUETICK_API_KEY as Proved, world.first('BLUETICK_API_KEY')), true);
    await world.put({ BLUETICK_API_KEY: 'the-next-administrator-s-key' });
    assert.equal(await isLetIn(doors.BLUETICK_API_KEY as Proved, 'the-next-administrator-s-key'), true);
  });

  it('what cannot change as it runs is said to take a restart, and holds up no key', async () => {
    await world.put({
      META_PHONE_NUMBER_ID: '106540352242999',
      MicrosoftAppPassword: 'a-password',
      BLUETICK_API_KEY: 'the-next-administrator-s-key',
    });
    const told = world.log.lines.filter(({ level }) => level === 'warn');
    assert.deepEqual(
      told.map(({ fields }) => fields),
      [{ settings: ['META_PHONE_NUMBER_ID', 'MicrosoftAppPassword'] }],
    );
    assert.deepEqual(world.host.app.channels.find(({ name }) => name === 'meta')?.businesses, [
      '106540352242922',
    ]);
    assert.equal(await isLetIn(doors.BLUETICK_API_KEY as Proved, 'the-next-administrator-s-key'), true);
  });

  it('counts what came of it', async () => {
    await world.put({ BLUETICK_API_KEY: 'the-next-administrator-s-key' });
    const metrics = await world.host.app.engine.metrics();
    const points = metrics.find(({ name }) => name === 'bluetick.secrets.refreshes')?.points ?? [];
    assert.deepEqual(points.map(({ attributes }) => attributes['bluetick.outcome']).sort(), [
      'refused',
      'renewed',
      'unreadable',
    ]);
  });
});
