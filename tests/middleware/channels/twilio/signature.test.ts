import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeForm, type FormFields } from '../../../../middleware/channels/twilio/formBody.ts';
import { signTwilio, verifyTwilio } from '../../../../middleware/channels/twilio/signature.ts';

/** Vectors 8.3 of the provider facts, computed apart from this code. */
interface Vector {
  readonly token: string;
  readonly url: string;
  readonly body: string;
  readonly signature: string;
}
const vectors: Readonly<Record<'voice' | 'status' | 'json', Vector>> = JSON.parse(
  readFileSync(new URL('../../../fixtures/twilio/signatures.json', import.meta.url), 'utf8'),
);
const { status, json } = vectors;

const fieldsOf = (body: string): FormFields => decodeForm(Buffer.from(body)) ?? new Map();
const verifies = (
  { url, body, signature }: Omit<Vector, 'token'> | { url: string; body: Buffer; signature: unknown },
  tokens: readonly string[],
) => verifyTwilio({ url, body: Buffer.from(body), signature: signature as string }, tokens);

describe('signTwilio', () => {
  for (const [name, { token, url, body, signature }] of Object.entries(vectors)) {
    it(`gives the documented signature of the vector “${name}”`, () =>
      assert.equal(signTwilio(url, name === 'json' ? new Map() : fieldsOf(body), token), signature));
  }
  it('sorts the values of a name, and counts each once', () => {
    const sign = (body: string) => signTwilio(status.url, fieldsOf(body), status.token);
    assert.equal(sign('MediaUrl=b&MediaUrl=a&MediaUrl=b'), sign('MediaUrl=a&MediaUrl=b'));
    assert.equal(sign('B=2&A=1'), sign('A=1&B=2'));
    assert.notEqual(sign('A=1'), sign('A=2'));
  });
});

describe('verifyTwilio', () => {
  const { token, url, body, signature } = status;
  for (const [name, vector] of Object.entries(vectors)) {
    it(`takes the vector “${name}”`, () => assert.equal(verifies(vector, [vector.token]), true));
  }

  const own = (asked: string, signedAs: string, text = 'A=1') =>
    verifies({ url: asked, body: text, signature: signTwilio(signedAs, fieldsOf(text), token) }, [token]);
  const spellings: [string, string, string][] = [
    ['its scheme’s port', 'https://example.com/t', 'https://example.com:443/t'],
    ['the port of http', 'http://example.com/t?a=1', 'http://example.com:80/t?a=1'],
    ['no port, though it has one', 'https://example.com:443/t', 'https://example.com/t'],
    ['no port, though it has another', 'https://example.com:8443/t', 'https://example.com/t'],
    ['its own port', 'https://example.com:8443/t', 'https://example.com:8443/t'],
    ['a user, and a port', 'https://u:p@example.com/t', 'https://u:p@example.com:443/t'],
    ['its query as `URL` writes it', 'https://example.com/t?a="b"', 'https://example.com/t?a=%22b%22'],
    ['its query in the older way', "https://example.com/t?a='b'", "https://example.com/t?a='b'"],
    ['a blank in the older way', 'https://example.com/t?a=b+c', 'https://example.com/t?a=b%20c'],
    [
      'the overrides of our callbacks',
      'https://example.com/t?ref=1',
      'https://example.com/t?ref=1#rp=5xx&rc=5',
    ],
    ['the overrides of the number', 'https://example.com/t', 'https://example.com/t#rp=all&rc=5'],
  ];
  for (const [what, asked, signedAs] of spellings) {
    it(`takes an address that is signed with ${what}`, () => assert.equal(own(asked, signedAs), true));
  }
  const foreign: [string, string, string][] = [
    ['another host', 'https://example.com/t', 'https://example.org/t'],
    ['another path', 'https://example.com/t', 'https://example.com/t/status'],
    ['another query', 'https://example.com/t?ref=1', 'https://example.com/t?ref=2'],
    ['no query', 'https://example.com/t?ref=1', 'https://example.com/t'],
    ['another port', 'https://example.com/t', 'https://example.com:8443/t'],
    ['another scheme', 'https://example.com/t', 'http://example.com/t'],
    ['a fragment of somebody’s own', 'https://example.com/t', 'https://example.com/t#x'],
  ];
  for (const [what, asked, signedAs] of foreign) {
    it(`refuses one that is signed for ${what}`, () => assert.equal(own(asked, signedAs), false));
  }

  const rows: [
    string,
    { url?: string; body?: string | Buffer; signature?: unknown; tokens?: string[] },
    boolean,
  ][] = [
    ['an older token', { tokens: ['new', token] }, true],
    ['the fields in another order', { body: body.split('&').reverse().join('&') }, true],
    ['an unknown token', { tokens: ['new', 'old'] }, false],
    ['no header', { signature: undefined }, false],
    ['an empty header', { signature: '' }, false],
    ['the header twice', { signature: [signature, signature] }, false],
    ['a header that is cut', { signature: signature.slice(0, -1) }, false],
    ['a header with more behind it', { signature: `${signature}=` }, false],
    ['a header with a line break', { signature: `${signature}\n` }, false],
    ['hex', { signature: Buffer.from(signature, 'base64').toString('hex') }, false],
    ['the spare bits of the last letter set', { signature: signature.replace(/g=$/, 'h=') }, false],
    ['the first letter changed', { signature: `y${signature.slice(1)}` }, false],
    ['another value', { body: body.replace('read', 'sent') }, false],
    ['a field more', { body: `${body}&x=` }, false],
    ['no body', { body: '' }, false],
    ['a byte order mark', { body: `\uFEFF${body}` }, false],
    ['a line break behind', { body: `${body}\n` }, false],
    ['UTF-16', { body: Buffer.from(body, 'utf16le') }, false],
    ['bytes that are not UTF-8', { body: Buffer.from(`${body}&x=\xff`, 'latin1') }, false],
    ['half of an escape', { body: `${body}&x=%F` }, false],
    ['no address', { url: '/webhooks/twilio' }, false],
  ];
  for (const [what, change, expected] of rows) {
    it(`${expected ? 'takes' : 'refuses'} ${what}`, () => {
      const { tokens, ...given } = { url, body, signature, tokens: [token], ...change };
      assert.equal(verifies(given as Vector, tokens), expected);
    });
  }

  it('goes by the hash in the address where there is one, and not by the fields', () => {
    const hashed = (change: Partial<Vector>) => verifies({ ...json, ...change }, [json.token]);
    assert.equal(hashed({ body: '{"hello":"World"}' }), false);
    assert.equal(hashed({ body: '' }), false);
    assert.equal(hashed({ url: json.url.toUpperCase() }), false);
    const bare = 'https://example.com/twilio/json';
    assert.equal(hashed({ url: bare, signature: signTwilio(bare, new Map(), json.token) }), false);
    const twice = `${json.url}&bodySHA256=0`;
    assert.equal(hashed({ url: twice, signature: signTwilio(twice, new Map(), json.token) }), false);
  });
  it('refuses to work without a token, or with an empty one, whatever the header', () => {
    const forged = signTwilio(url, fieldsOf(body), '');
    for (const tokens of [[], [''], [token, '']]) {
      for (const given of [forged, signature, undefined]) {
        assert.throws(() => verifies({ url, body: Buffer.from(body), signature: given }, tokens), {
          code: 'invalid_configuration',
        });
      }
    }
  });
});
