import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { verifyWebhookHmac } from '../../../../middleware/channels/waha/signature.ts';
import { fixture } from '../linkedDevice/samples.ts';

const { key, body: text, sha512 } = fixture('waha/hmac');
const body = Buffer.from(text);

describe('WAHA’s signature', () => {
  it('is what WAHA’s own example says', () => {
    assert.equal(verifyWebhookHmac(body, sha512, [key]), true);
  });

  it('holds under an older key, wherever it stands in the list', () => {
    for (const keys of [
      [key, 'new'],
      ['new', key],
    ])
      assert.equal(verifyWebhookHmac(body, sha512, keys), true);
  });

  it('covers the body byte by byte', () => {
    for (const other of [`${text} `, text.slice(0, -1), JSON.stringify(JSON.parse(text), null, 1), ''])
      assert.equal(verifyWebhookHmac(Buffer.from(other), sha512, [key]), false);
  });

  it('is refused under another key, by another hash, and in another spelling', () => {
    assert.equal(verifyWebhookHmac(body, sha512, ['another-key']), false);
    const sha256 = createHmac('sha256', key).update(body).digest('hex');
    const base64 = Buffer.from(sha512, 'hex').toString('base64');
    const prefixed = `sha512=${sha512}`;
    for (const header of [sha256, base64, prefixed, sha512.toUpperCase(), ` ${sha512}`, key, '', undefined])
      assert.equal(verifyWebhookHmac(body, header, [key]), false, String(header));
  });

  it('is refused where it comes twice', () => {
    assert.equal(verifyWebhookHmac(body, [sha512, sha512], [key]), false);
  });

  it('is never checked with an empty key, whatever came', () => {
    for (const keys of [[], [''], [key, '']]) {
      for (const header of [sha512, undefined])
        assert.throws(() => verifyWebhookHmac(body, header, keys), { code: 'invalid_configuration' });
    }
  });
});
