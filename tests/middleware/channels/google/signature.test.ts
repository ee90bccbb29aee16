import assert from 'node:assert/strict';
import { verifyGoogSignature } from '../../../../middleware/channels/google/signature.ts';
import { fixture } from './fixtures.ts';

interface Vector {
  readonly clientToken: string;
  readonly header: string;
}
const rbm = fixture<Vector & { decoded: string; data: string }>('google/rbm-signature');
const businessMessages = fixture<Vector & { body: string }>('unverified/google/gbm-signature');

describe('the signature of Google’s webhooks', () => {
  const decoded = Buffer.from(rbm.data, 'base64');

  it('is that of the vectors, over what message.data decodes to, or over the body', () => {
    assert.equal(decoded.toString('utf8'), rbm.decoded);
    assert.ok(verifyGoogSignature(decoded, rbm.header, [rbm.clientToken]));
    const { body, header, clientToken } = businessMessages;
    assert.ok(verifyGoogSignature(Buffer.from(body), header, [clientToken]));
  });

  it('is taken under any of the tokens, and under no other', () => {
    assert.ok(verifyGoogSignature(decoded, rbm.header, ['a-newer-one', rbm.clientToken]));
    assert.ok(!verifyGoogSignature(decoded, rbm.header, ['a-newer-one']));
    assert.throws(() => verifyGoogSignature(decoded, rbm.header, []), { code: 'invalid_configuration' });
    assert.throws(() => verifyGoogSignature(decoded, rbm.header, ['']), { code: 'invalid_configuration' });
  });

  it('is not that of the encoded data, nor of other bytes', () => {
    assert.ok(!verifyGoogSignature(Buffer.from(rbm.data), rbm.header, [rbm.clientToken]));
    assert.ok(!verifyGoogSignature(Buffer.from(`${rbm.decoded} `), rbm.header, [rbm.clientToken]));
  });

  it('has one spelling', () => {
    const bytes = Buffer.from(rbm.header, 'base64');
    const other = rbm.header.replace(/g==$/, 'h==');
    // The same bytes to whoever decodes it.
    assert.deepEqual(Buffer.from(other, 'base64'), bytes);
    for (const header of [
      other,
      rbm.header.replace('==', ''),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      ` ${rbm.header}`,
      '',
      undefined,
      [rbm.header],
    ])
      assert.ok(!verifyGoogSignature(decoded, header, [rbm.clientToken]), String(header));
  });
});
