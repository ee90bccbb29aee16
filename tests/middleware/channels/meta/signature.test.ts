import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { verifyHubSignature } from '../../../../middleware/channels/meta/signature.ts';

// Vector 8.2 of the provider facts, computed apart from this code.
const secret = 'my-app-secret';
const body = Buffer.from('{"object":"whatsapp_business_account","entry":[]}');
const hex = '6181ffb07e99b650e7cd9a132e3f66127ec8827e9bab6e8df0feba5a07ea4c64';
const header = `sha256=${hex}`;

describe('verifyHubSignature', () => {
  const rows: [
    string,
    { body?: Buffer; header?: string | string[] | undefined; secrets?: string[] },
    boolean,
  ][] = [
    ['the vector', {}, true],
    ['a rotated secret', { secrets: ['new', secret] }, true],
    ['the current secret, an older one beside it', { secrets: [secret, 'old'] }, true],
    ['an unknown secret', { secrets: ['new', 'old'] }, false],
    ['no header', { header: undefined }, false],
    ['an empty header', { header: '' }, false],
    ['the header twice', { header: [header, header] }, false],
    ['no prefix', { header: hex }, false],
    ['another prefix', { header: `sha1=${hex}` }, false],
    ['an upper-case prefix', { header: `SHA256=${hex}` }, false],
    ['upper-case digits', { header: `sha256=${hex.toUpperCase()}` }, false],
    ['a digit less', { header: header.slice(0, -1) }, false],
    ['two digits less', { header: header.slice(0, -2) }, false],
    ['a digit more', { header: `${header}0` }, false],
    ['a blank behind', { header: `${header} ` }, false],
    ['a line break behind', { header: `${header}\n` }, false],
    ['base64', { header: `sha256=${Buffer.from(hex, 'hex').toString('base64')}` }, false],
    ['the last digit changed', { header: `${header.slice(0, -1)}5` }, false],
    ['the first digit changed', { header: `sha256=7${hex.slice(1)}` }, false],
    ['another body', { body: Buffer.from('{}') }, false],
    ['an empty body', { body: Buffer.alloc(0) }, false],
    ['the body with a line break', { body: Buffer.from(`${body}\n`) }, false],
    [
      'the body written again',
      { body: Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 2)) },
      false,
    ],
    ['the body in UTF-16', { body: Buffer.from(body.toString(), 'utf16le') }, false],
  ];
  for (const [what, change, expected] of rows) {
    it(`${expected ? 'takes' : 'refuses'} ${what}`, () => {
      const given = { body, header, secrets: [secret], ...change };
      assert.equal(verifyHubSignature(given.body, given.header, given.secrets), expected);
    });
  }
  it('works on bytes, not on text', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe]);
    const own = `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
    assert.equal(verifyHubSignature(bytes, own, [secret]), true);
    assert.equal(verifyHubSignature(Buffer.from(bytes.toString('utf8')), own, [secret]), false);
  });
  it('refuses to work without a secret, or with an empty one, whatever the header', () => {
    const forged = `sha256=${createHmac('sha256', '').update(body).digest('hex')}`;
    for (const secrets of [[], [''], [secret, '']]) {
      for (const given of [forged, header, undefined]) {
        assert.throws(() => verifyHubSignature(body, given, secrets), { code: 'invalid_configuration' });
      }
    }
  });
});
