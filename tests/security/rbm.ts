import { createHmac } from 'node:crypto';
import { googleTime, inEnvelope, signGoogle } from '../support/googleWebhooks.ts';
import {
  type AttackedChannel,
  customer,
  nobody,
  type Said,
  statusesAt,
  type Told,
} from './attackedChannel.ts';
import { googleAttack, googleFormat, signedAttack, wronglySigned } from './googleAttack.ts';
import { eachOf, malformedJson } from './malformed.ts';

/** What a body of ours holds, as it was before it was put into the envelope; of one that is cut, nothing. */
const dataOf = (body: string | Buffer) => {
  const [, data = ''] = /"data":"([^"]*)"/.exec(String(body)) ?? [];
  return Buffer.from(data, 'base64');
};

/** The channel `google` in the format of RCS for Business. */
export const rbm: AttackedChannel = {
  ...googleFormat('RBM', 'the_agent'),
  title: 'google, RCS for Business',
  tells: ['read', 'delivered', 'failed'],
  body: (...said) => inEnvelope(JSON.stringify(said.map(messageOf)[0])),
  statuses: (...told) => inEnvelope(JSON.stringify(told.map(statusOf)[0])),
  unreadable: (business, words) =>
    inEnvelope(JSON.stringify({ ...messageOf({ id: 'm', text: words, business }), sendTime: words })),
  proved: (body, secret) => signedAttack(body, signGoogle(dataOf(body), secret)),
  // What is signed is set aside: a refusal would hold up every agent of the partner. Without its envelope nothing is.
  malformed(secret) {
    const data = JSON.stringify(messageOf({ id: 'malformed', text: 'hello' }));
    const envelope = JSON.stringify({ ...JSON.parse(inEnvelope(data)), note: 'hello' });
    const inside = eachOf(malformedJson(data, rbm.bodyLimit / 2), bytes => {
      const attack = signedAttack(inEnvelope(bytes), signGoogle(bytes, secret));
      return { attack, status: 200 as const };
    });
    const outside = eachOf(malformedJson(envelope, rbm.bodyLimit), bytes => {
      const attack = signedAttack(bytes, signGoogle(data, secret));
      return { attack, status: 401 as const };
    });
    const named = Object.entries(outside).map(([what, one]) => [`${what}, around the data`, one]);
    return { ...inside, ...Object.fromEntries(named) };
  },
  sentText({ path, body }) {
    const { pathname, searchParams } = new URL(path, nobody);
    const [, to] = /^\/v1\/phones\/\+(\d+)\/agentMessages$/.exec(pathname) ?? [];
    if (to === undefined) return undefined;
    const { contentMessage } = JSON.parse(body);
    return { id: String(searchParams.get('messageId')), to, text: contentMessage.text, answer: {} };
  },
  unproved(body, secret) {
    const data = dataOf(body);
    const good = signGoogle(data, secret);
    const bytes = Buffer.from(good, 'base64');
    const { message } = JSON.parse(body);
    const other = inEnvelope(String(data).replace(/"agentId"/, '"other":1,"agentId"'));
    return {
      ...wronglySigned(body, data, secret),
      'one of the encoded data': signedAttack(body, signGoogle(message.data, secret)),
      'one of the whole body': signedAttack(body, signGoogle(body, secret)),
      'one of other data': signedAttack(other, good),
      'one of another hash': signedAttack(body, createHmac('sha256', secret).update(data).digest('base64')),
      'one for addresses': signedAttack(body, bytes.toString('base64url')),
      'one with more behind it': signedAttack(body, `${good}AA==`),
      'one in another spelling': signedAttack(
        body,
        good.replace(/(.)==$/, (_all, last) => `${next(last)}==`),
      ),
      'a wrong and the right one': signedAttack(body, [signGoogle(data, 'wrong'), good]),
      'the token in the address': { ...googleAttack(body), path: `/webhooks/google?code=${secret}` },
      'a registration with another token': googleAttack(
        JSON.stringify({ clientToken: `${secret}x`, secret: '1234567890' }),
      ),
      'the right one without the envelope': signedAttack(String(data), good),
    };
  },
};

/** The character whose first two bits are the same: the others of a digest's last character say nothing. */
function next(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet.charAt(alphabet.indexOf(last) + 1);
}

function messageOf({ id: messageId, text, from = customer, business: agentId = rbm.business }: Said) {
  return { agentId, senderPhoneNumber: `+${from}`, messageId, sendTime: googleTime(Date.now()), text };
}

function statusOf({ id: messageId, status, word, to = customer, business: agentId = rbm.business }: Told) {
  const event = { agentId, messageId, eventId: `e-${messageId}`, sendTime: googleTime(statusesAt) };
  return status === 'failed'
    ? { ...event, phoneNumber: `+${to}`, eventType: word ?? 'TTL_EXPIRATION_REVOKED' }
    : { ...event, senderPhoneNumber: `+${to}`, eventType: word ?? status.toUpperCase() };
}
