import assert from 'node:assert/strict';
import { Webhook } from 'standardwebhooks';
import { createHookSigner } from '../../../../middleware/acknowledgements/hooks/signature.ts';
import { BluetickError } from '../../../../middleware/errors.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('createHookSigner', () => {
  it('signs the published example as it is published', () => {
    // standard-webhooks, libraries/javascript, "sign function works".
    const hook = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1614265330_000, body: '{"test": 2432232314}' };
    assert.deepEqual(createHookSigner([secret])(hook), {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  const keys: readonly [what: string, secret: string, key: Buffer][] = [
    ['base64 of 24 bytes', `whsec_${Buffer.alloc(24, 7).toString('base64')}`, Buffer.alloc(24, 7)],
    ['base64 of 64 bytes', `whsec_${Buffer.alloc(64, 7).toString('base64')}`, Buffer.alloc(64, 7)],
    ['a raw text of 24 bytes', 'abcdefghijklmnopqrstuvwx', Buffer.from('abcdefghijklmnopqrstuvwx')],
    // 64 hexadecimal digits, as `openssl rand -hex 32` makes them, are 64 bytes and no base64.
    ['64 hexadecimal digits', 'a1'.repeat(32), Buffer.from('a1'.repeat(32))],
    ['a raw text outside ASCII', 'ä'.repeat(12), Buffer.from('ä'.repeat(12))],
  ];
  for (const [what, given, key] of keys) {
    it(`takes ${what}`, () => {
      const body = '{"a":"ü🚲"}';
      const headers = createHookSigner([given])({ id: 'h1', at: Date.now(), body });
      assert.deepEqual(new Webhook(key, { format: 'raw' }).verify(body, headers), { a: 'ü🚲' });
      assert.throws(() => new Webhook(key, { format: 'raw' }).verify(`${body} `, headers), /signature/);
    });
  }

  it('signs with every secret, so that one can be replaced', () => {
    const [current, before] = ['n'.repeat(24), 'b'.repeat(24)];
    const body = '{}';
    const headers = createHookSigner([current, before])({ id: 'h1', at: Date.now(), body });
    for (const key of [current, before])
      new Webhook(Buffer.from(key), { format: 'raw' }).verify(body, headers);
    const stranger = new Webhook(Buffer.from('s'.repeat(24)), { format: 'raw' });
    assert.throws(() => stranger.verify(body, headers), /No matching signature/);
    assert.match(String(headers['webhook-signature']), /^v1,\S{44} v1,\S{44}$/);
  });

  const refused: readonly [secrets: readonly string[], message: RegExp][] = [
    [[], /^BLUETICK_HOOK_SECRET must not be empty$/],
    [[secret, ''], /must not be empty/],
    [['s3cret'], /^BLUETICK_HOOK_SECRET must be of 24 to 64 bytes, got 6$/],
    [['s3cret'.repeat(11)], /got 66$/],
    [[secret, `whsec_${Buffer.from('s3cret').toString('base64')}`], /got 6$/],
    [[`whsec_${Buffer.alloc(65).toString('base64')}`], /got 65$/],
    [['whsec_s3cret-that-is-no-base64-at-all-but-url-safe'], /must be base64 after whsec_$/],
    [['whsec_'], /got 0$/],
  ];
  for (const [secrets, message] of refused) {
    it(`is refused: ${message.source}`, () =>
      assert.throws(
        () => createHookSigner(secrets),
        (error: unknown) => {
          assert.ok(error instanceof BluetickError);
          assert.deepEqual([error.code, error.field], ['invalid_configuration', 'BLUETICK_HOOK_SECRET']);
          assert.match(error.message, message);
          assert.doesNotMatch(`${error.message} ${error.stack}`, /s3cret|czNjcmV0/);
          return true;
        },
      ));
  }
});
