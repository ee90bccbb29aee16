import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { acsSignature, contentHash } from '../../../support/acsSignature.ts';
import { type AcsStandIn, startAcsStandIn } from '../../../support/acsStandIn.ts';

// Vector 8.1 of the provider facts, computed apart from this code.
const vector = {
  accessKey: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
  path: '/messages/readreceipts:send?api-version=2025-09-01-preview',
  body: '{"channelRegistrationId":"0f0eb78e-a576-1dfc-b414-0f0756de3338","messageId":"320fc2a1-4c4b-4387-9c1a-bd38b57795de","typingIndicator":true}',
};
const business = '0f0eb78e-a576-1dfc-b414-0f0756de3338';

describe('the stand-in for ACS', () => {
  let acs: AcsStandIn;
  beforeEach(async () => {
    acs = await startAcsStandIn({ channelIds: [business] });
  });
  afterEach(() => acs.close());

  it('signs as Azure documents', () => {
    const body = Buffer.from(vector.body);
    assert.equal(contentHash(body), 'CTSxwPy4MEozxthw43vDEnc/+3NjXV5k2V3Ekr6byuE=');
    const request = { method: 'POST', path: vector.path, host: 'contoso.communication.azure.com', body };
    const signature = acsSignature({ ...request, date: 'Sat, 21 Nov 2026 12:00:00 GMT' }, vector.accessKey);
    assert.equal(signature, '/1cZmAf2XAc4hJP+stKn/l0B8fqFU/A4hnBqF1sqiQE=');
  });

  const send = '/messages/notifications:send?api-version=2024-08-30';
  const text = { channelRegistrationId: business, to: ['+14255551234'], kind: 'text', content: 'hi' };
  /** Makes a call that is signed and right but for what is changed. */
  async function call(
    path = send,
    content: unknown = text,
    headers: Record<string, string> = {},
    key = acs.accessKey,
  ): Promise<Response> {
    const body = Buffer.from(JSON.stringify(content));
    const date = new Date().toUTCString();
    const signed = { method: 'POST', path, host: new URL(acs.origin).host, date, body };
    return fetch(`${acs.origin}${path}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-ms-date': date,
        'x-ms-content-sha256': contentHash(body),
        authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${acsSignature(signed, key)}`,
        ...headers,
      },
    });
  }

  it('takes what is right', async () => {
    const response = await call();
    assert.equal(response.status, 202);
    const { receipts } = (await response.json()) as { receipts: { messageId: string; to: string }[] };
    assert.deepEqual([receipts.length, receipts[0]?.to], [1, '+14255551234']);
  });

  const sticker = { ...text, kind: 'sticker', content: undefined, mediaUri: 'https://example.com/s.webp' };
  const refused: [what: string, status: number, call: () => Promise<Response>][] = [
    ['another key', 401, () => call(send, text, {}, vector.accessKey)],
    [
      'another body than the signed one',
      401,
      () => call(send, text, { 'x-ms-content-sha256': contentHash(Buffer.alloc(0)) }),
    ],
    [
      'another date than the signed one',
      401,
      () => call(send, text, { 'x-ms-date': new Date(0).toUTCString() }),
    ],
    ['no signature', 401, () => call(send, text, { authorization: '' })],
    ['no version', 404, () => call('/messages/notifications:send')],
    ['a version without the route', 404, () => call('/messages/readreceipts:send?api-version=2024-08-30')],
    ['another content type', 415, () => call(send, text, { 'content-type': 'text/plain' })],
    ['a field that is unknown', 400, () => call(send, { ...text, caption: 'c' })],
    ['two recipients', 400, () => call(send, { ...text, to: ['+14255551234', '+14255551235'] })],
    ['a kind that the version does not have', 400, () => call(send, sticker)],
    [
      'a repeat id that is none',
      400,
      () =>
        call(send, text, {
          'Repeatability-Request-ID': 'x',
          'Repeatability-First-Sent': new Date().toUTCString(),
        }),
    ],
    [
      'a first time that is no HTTP date',
      400,
      () =>
        call(send, text, {
          'Repeatability-Request-ID': randomUUID(),
          'Repeatability-First-Sent': new Date().toISOString(),
        }),
    ],
    ['a repeat id alone', 400, () => call(send, text, { 'Repeatability-Request-ID': randomUUID() })],
    ['a channel of others', 404, () => call(send, { ...text, channelRegistrationId: randomUUID() })],
  ];
  for (const [what, status, make] of refused) {
    it(`refuses ${what}, in the documented form`, async () => {
      const response = await make();
      assert.equal(response.status, status);
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      assert.ok(error.message.length > 0);
      assert.equal(response.headers.get('x-ms-error-code'), error.code);
      assert.equal(acs.sent.size, 0);
    });
  }
});
