import { createHmac } from 'node:crypto';
import { wahaEvent, wahaHeaders, wahaMessage } from '../support/wahaStandIn.ts';
import { type AttackedChannel, customer, nobody, statusesAt, usualCredential } from './attackedChannel.ts';
import type { Attack } from './attackedHost.ts';
import { linkedId, linkedText } from './linkedDevice.ts';

const path = '/webhooks/waha';
const attack = (body: string | Buffer, headers: Attack['headers'] = {}): Attack => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json', ...headers },
  body,
});
const hmac = (body: string | Buffer, key: string, algorithm = 'sha512') =>
  createHmac(algorithm, key).update(body).digest('hex');

/** WAHA's names of what is told, and its one for a failure. */
const names = { sent: 'SERVER', delivered: 'DEVICE', read: 'READ', failed: 'ERROR' } as const;

/** The channel `waha`: a session is a business. */
export const waha: AttackedChannel = {
  name: 'waha',
  title: 'waha',
  business: 'default',
  bodyLimit: 256 * 1024,
  batches: false,
  proofs: [['WAHA_HMAC_KEY']],
  settings: (secrets, provider = nobody, credential = usualCredential) => ({
    WAHA_URL: provider,
    WAHA_API_KEY: credential,
    WAHA_SESSION: waha.business,
    WAHA_HMAC_KEY: secrets.join(','),
  }),
  body: (...said) =>
    lone(
      said.map(({ id, text, from = customer, business: session = waha.business }) =>
        wahaEvent('message', wahaMessage(id, from, text), { session }),
      ),
    ),
  statuses: (...told) =>
    lone(
      told.map(({ id, status, word, to = customer, business: session = waha.business, detail }) => {
        const payload = {
          id,
          from: `${to}@c.us`,
          participant: null,
          fromMe: true,
          ackName: word ?? names[status],
        };
        return wahaEvent(
          'message.ack',
          { ...payload, _data: { detail } },
          { session, timestamp: statusesAt },
        );
      }),
    ),
  unreadable: (session, words) =>
    JSON.stringify(wahaEvent('message', { ...wahaMessage('', words, words), id: { words } }, { session })),
  proved: (body, key) => attack(body, wahaHeaders(body, key)),
  idOf: linkedId,
  sentText: call => linkedText(call, '/api/sendText', 'text'),
  unproved(body, key) {
    const good = hmac(body, key);
    const signed = (value: string | string[], sent: string | Buffer = body) =>
      attack(sent, { 'x-webhook-hmac': value, 'x-webhook-hmac-algorithm': 'sha512' });
    return {
      'no signature': attack(body),
      'an empty one': signed(''),
      'one under another key': signed(hmac(body, `${key}x`)),
      'one under an empty key': signed(hmac(body, '')),
      'one of another body': signed(hmac(`${body} `, key)),
      'the key in its place': signed(key),
      'one that is cut': signed(good.slice(0, -1)),
      'one with more behind it': signed(`${good}00`),
      'one in upper case': signed(good.toUpperCase()),
      'one in base64': signed(Buffer.from(good, 'hex').toString('base64')),
      'one with a prefix': signed(`sha512=${good}`),
      'one by sha256': signed(hmac(body, key, 'sha256')),
      'one by an algorithm that the sender names': attack(body, {
        'x-webhook-hmac': hmac(body, key, 'sha1'),
        'x-webhook-hmac-algorithm': 'sha1',
      }),
      'the right one twice': signed([good, good]),
      'a wrong and the right one': signed([hmac(body, 'wrong'), good]),
      'the right one in the address': { ...attack(body), path: `${path}?x-webhook-hmac=${good}` },
      'the key in the address': { ...attack(body), path: `${path}?code=${key}` },
      'the key as a secret': attack(body, { 'x-webhook-secret': key, 'x-api-key': key }),
      'the right one for a body written again': signed(good, JSON.stringify(JSON.parse(body), null, 1)),
      'the right one for a body with a line break': signed(good, `${body}\n`),
      'the right one for a body with a byte order mark': signed(good, `\uFEFF${body}`),
      'the right one for a body in UTF-16': signed(good, Buffer.from(body, 'utf16le')),
      'the right one for a body that is cut': signed(good, body.slice(0, -1)),
      'the right one for no body': signed(good, ''),
    };
  },
};

/** A webhook: one event. */
function lone([event, ...more]: readonly object[]): string {
  if (event === undefined || more.length > 0) throw new Error('WAHA sends one event a webhook');
  return JSON.stringify(event);
}
