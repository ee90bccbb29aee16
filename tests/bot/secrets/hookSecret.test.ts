import assert from 'node:assert/strict';
import { Webhook } from 'standardwebhooks';
import { readConfig } from '../../../bot/config.ts';
import { Renewal } from '../../../bot/secrets/renewal.ts';
import { createWaysOut } from '../../../bot/waysOut.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { type CallServer, serveCalls } from '../../support/callServer.ts';
import { quietLog } from '../../support/engineWorld.ts';

const [old, next] = ['the-first-secret-of-web-hooks', 'the-next-secret-of-the-web-hooks'];

describe('what is signed and sent to others', () => {
  let receiver: CallServer<Buffer>;
  before(async () => {
    receiver = await serveCalls(
      raw => raw,
      () => ({ status: 201, body: { sid: `CA${'2'.repeat(32)}`, status: 'queued' } }),
    );
  });
  after(() => receiver.close());

  it('has the signature and the credentials of its moment: web hooks, text messages and calls', async () => {
    const settings = (secret: string, authToken: string) =>
      readConfig({
        BLUETICK_ALLOWED_HOOKS: receiver.origin,
        BLUETICK_HOOK_SECRET: secret,
        TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
        TWILIO_AUTH_TOKEN: authToken,
        TWILIO_API_URL: receiver.origin,
        SMS_FROM: '+14155238886',
        VOICE_FROM: '+14155238886',
      });
    const first = settings(old, 'the-first-auth-token');
    const renewal = new Renewal(first);
    const store = await openSqliteStore({ path: ':memory:' });
    const { ways, close } = await createWaysOut(first.ways, renewal, store, quietLog());
    const send = async (type: 'hook' | 'sms' | 'voice') => {
      const call = {
        key: '6f1b2d34-9c0e-4b7a-8a51-0d6c1c9f2e10',
        createdAt: Date.now(),
        channel: 'meta',
        message: 'o_1',
        conversation: 'c_1',
        to: '4915550001111',
        text: 'Your bicycle is ready',
        url: `${receiver.origin}/told`,
      } as const;
      await ways.get(type)?.send(call, AbortSignal.timeout(5000));
      const last = receiver.calls.at(-1);
      assert.ok(last);
      return last;
    };
    const verifies = async (secret: string) => {
      const { body, headers } = await send('hook');
      const key = new Webhook(secret, { format: 'raw' });
      try {
        return key.verify(body, headers as Record<string, string>) !== undefined;
      } catch {
        return false;
      }
    };
    const tokenOf = async (type: 'sms' | 'voice') =>
      atob(String((await send(type)).headers.authorization?.slice(6)));

    assert.deepEqual([await verifies(old), await verifies(next)], [true, false]);
    assert.match(await tokenOf('sms'), /:the-first-auth-token$/);
    // Both sign in between, so that receivers may follow when they like.
    assert.equal(
      await renewal.renew(settings(`${next},${old}`, 'the-next-auth-token,the-first-auth-token')),
      true,
    );
    assert.deepEqual([await verifies(old), await verifies(next)], [true, true]);
    await renewal.renew(settings(next, 'the-next-auth-token'));
    assert.deepEqual([await verifies(old), await verifies(next)], [false, true]);
    assert.match(await tokenOf('sms'), /:the-next-auth-token$/);
    assert.match(await tokenOf('voice'), /:the-next-auth-token$/);
    assert.equal(await renewal.renew(settings(next, 'the-next-auth-token')), false);
    // Too short to sign with: all stays as it is, the auth token too.
    await assert.rejects(renewal.renew(settings('short', 'another-auth-token')), {
      field: 'BLUETICK_HOOK_SECRET',
    });
    assert.match(await tokenOf('sms'), /:the-next-auth-token$/);
    await close();
    await store.close();
  });
});
