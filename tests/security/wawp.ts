import { createHmac } from 'node:crypto';
import { wawpEvent, wawpMessage } from '../support/wawpStandIn.ts';
import { type AttackedChannel, customer, nobody, statusesAt, usualCredential } from './attackedChannel.ts';
import type { Attack } from './attackedHost.ts';
import { linkedId, linkedText } from './linkedDevice.ts';

const path = '/webhooks/wawp';
const attack = (body: string | Buffer, headers: Attack['headers'] = {}, query = ''): Attack => ({
  method: 'POST',
  path: `${path}${query}`,
  headers: { 'content-type': 'application/json', ...headers },
  body,
});

/** Wawp's names of what is told, and the engine's one for a failure. */
const names = { sent: 'ACK_SENT', delivered: 'ACK_DELIVERED', read: 'READ', failed: 'ERROR' } as const;

/** The session of an instance's events: ours is not called by its id. */
const sessionOf = (business: string) => (business === wawp.business ? 'default' : business);

/** The channel `wawp`: an instance is the business. */
export const wawp: AttackedChannel = {
  name: 'wawp',
  title: 'wawp',
  business: '123456789',
  bodyLimit: 256 * 1024,
  batches: false,
  proofs: [['WAWP_WEBHOOK_SECRET']],
  settings: (secrets, provider = nobody, credential = usualCredential) => ({
    WAWP_INSTANCE_ID: wawp.business,
    WAWP_ACCESS_TOKEN: credential,
    WAWP_WEBHOOK_SECRET: secrets.join(','),
    WAWP_API_URL: provider,
  }),
  body: (...said) =>
    lone(
      said.map(({ id, text, from = customer, business = wawp.business }) =>
        wawpEvent('message', wawpMessage(id, from, text), { session: sessionOf(business) }),
      ),
    ),
  statuses: (...told) =>
    lone(
      told.map(({ id, status, word, to = customer, business = wawp.business, detail }) => {
        const payload = { id, ackName: word ?? names[status], chatId: `${to}@c.us`, _data: { detail } };
        const over = { session: sessionOf(business), timestamp: statusesAt };
        return wawpEvent('message.ack', payload, over);
      }),
    ),
  unreadable: (business, words) =>
    JSON.stringify(
      wawpEvent(
        'message',
        { ...wawpMessage('', words, words), id: { words } },
        { session: sessionOf(business) },
      ),
    ),
  proved: (body, secret) => attack(body, {}, `?code=${secret}`),
  idOf: linkedId,
  sentText: call => linkedText(call, '/v2/send/text', 'message'),
  unproved(body, secret) {
    const header = (value: string | string[]) => attack(body, { 'x-webhook-secret': value });
    const query = (value: string) => attack(body, {}, `?code=${value}`);
    return {
      'no secret': attack(body),
      'an empty one': query(''),
      'an empty one in a header': header(''),
      'another one': query('somebody-else-s-secret'),
      'one that is cut': query(secret.slice(0, -1)),
      'one with more behind it': query(`${secret}x`),
      'one in upper case': query(secret.toUpperCase()),
      'one in base64': query(encodeURIComponent(Buffer.from(secret).toString('base64'))),
      'its hash': query(createHmac('sha256', '').update(secret).digest('hex')),
      'a wrong one in a header before the right one': attack(
        body,
        { 'x-webhook-secret': 'x' },
        `?code=${secret}`,
      ),
      'the right one twice in a header': header([secret, secret]),
      'a list with the right one in it': query(`x,${secret}`),
      'the right one under another name': attack(body, { 'x-api-key': secret }, `?secret=${secret}`),
      'the right one as a token': attack(body, { authorization: `Bearer ${secret}` }),
      'the right one in the body': attack(JSON.stringify({ code: secret, events: JSON.parse(body) })),
      'a signature as WAHA makes it': attack(body, {
        'x-webhook-hmac': createHmac('sha512', secret).update(body).digest('hex'),
      }),
    };
  },
};

/** A webhook: one event. */
function lone([event, ...more]: readonly object[]): string {
  if (event === undefined || more.length > 0) throw new Error('Wawp sends one event a webhook');
  return JSON.stringify(event);
}
