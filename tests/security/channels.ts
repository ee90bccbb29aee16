/** Every channel with webhooks: what turns it on, what its provider sends, and how that is proved. */
import { createHmac } from 'node:crypto';
import { messageEnvelope, signBody, statusEnvelope, userIdOf } from '../../bot/simulator/envelopes.ts';
import { acs } from './acsBySecret.ts';
import { acsByToken } from './acsByToken.ts';
import {
  type AttackedChannel,
  customer,
  nobody,
  type ProviderCall,
  type Said,
  type SentText,
  statusesAt,
  type Told,
  usualCredential,
} from './attackedChannel.ts';
import type { Attack } from './attackedHost.ts';
import { gbm } from './gbm.ts';
import { rbm } from './rbm.ts';
import { twilio } from './twilio.ts';
import { waha } from './waha.ts';
import { wawp } from './wawp.ts';

const hub = (name: 'simulator' | 'meta', business: string) => {
  const path = `/webhooks/${name}`;
  const attack = (body: string | Buffer, headers: Attack['headers'] = {}): Attack => ({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const signed = (body: string | Buffer, signature: string | string[]) =>
    attack(body, { 'x-hub-signature-256': signature });
  return {
    name,
    title: name,
    business,
    bodyLimit: 4 * 1024 * 1024,
    body: (...said: Said[]) => JSON.stringify(merged(said.map(one => metaMessage(business, one)))),
    statuses: (...told: Told[]) => JSON.stringify(merged(told.map(one => metaStatus(business, one)))),
    unreadable: (of: string, words: string) =>
      JSON.stringify(metaMessage(business, { id: '', text: words, business: of })),
    proved: (body: string | Buffer, secret: string) => signed(body, signBody(body, secret)),
    // They hold the customer's number in base64.
    idOf: (number: string, around: Uint8Array) =>
      `wamid.${Buffer.concat([around, Buffer.from(number), around]).toString('base64')}`,
    sentText({ path: called, body }: ProviderCall): SentText | undefined {
      if (!/^\/v25\.0\/\d+\/messages$/.test(called)) return undefined;
      const { to, text } = JSON.parse(body);
      const id = `wamid.${Buffer.from(body).toString('base64')}`;
      return text && { id, to, text: text.body, answer: { messages: [{ id }] } };
    },
    unproved(body: string, secret: string): Record<string, Attack> {
      const good = signBody(body, secret);
      const digest = good.slice('sha256='.length);
      const sha1 = createHmac('sha1', secret).update(body).digest('hex');
      return {
        'no signature': attack(body),
        'an empty one': signed(body, ''),
        'one under another secret': signed(body, signBody(body, `${secret}x`)),
        'one under an empty secret': signed(body, signBody(body, '')),
        'one of another body': signed(body, signBody(`${body} `, secret)),
        'the secret in its place': signed(body, `sha256=${secret}`),
        'one that is cut': signed(body, good.slice(0, -1)),
        'half of one': signed(body, good.slice(0, 7 + 32)),
        'one with more behind it': signed(body, `${good}00`),
        'one in upper case': signed(body, `sha256=${digest.toUpperCase()}`),
        'one in base64': signed(body, `sha256=${Buffer.from(digest, 'hex').toString('base64')}`),
        'one without its prefix': signed(body, digest),
        'one with another prefix': signed(body, `sha1=${digest}`),
        'the right one twice': signed(body, [good, good]),
        'a wrong and the right one': signed(body, [signBody(body, 'wrong'), good]),
        'the older signature alone': attack(body, { 'x-hub-signature': `sha1=${sha1}` }),
        'the right one in the address': { ...attack(body), path: `${path}?x-hub-signature-256=${good}` },
        'the secret in the address': { ...attack(body), path: `${path}?code=${secret}` },
        'the right one for a body written again': signed(JSON.stringify(JSON.parse(body), null, 1), good),
        'the right one for a body with a line break': signed(`${body}\n`, good),
        'the right one for a body with a byte order mark': signed(`\uFEFF${body}`, good),
        'the right one for a body in UTF-16': signed(Buffer.from(body, 'utf16le'), good),
        'the right one for a body that is cut': signed(body.slice(0, -1), good),
        'the right one for no body': signed('', good),
      };
    },
  };
};

const meta: AttackedChannel = {
  ...hub('meta', '106540352242922'),
  proofs: [['META_APP_SECRET']],
  settings: (secrets, provider = nobody, credential = usualCredential) => ({
    META_ACCESS_TOKEN: credential,
    META_PHONE_NUMBER_ID: meta.business,
    META_APP_SECRET: secrets.join(','),
    META_VERIFY_TOKEN: 'the-verify-token-0123456789',
    META_GRAPH_URL: `${provider}/v25.0`,
  }),
};

/** On where nothing else is; it makes up its own secret. */
const simulator: AttackedChannel = {
  ...hub('simulator', '106540352242922'),
  settings: () => ({}),
  secretOf: ({ host }) => String(host.app.simulator?.channelOptions.appSecrets[0]),
};

/** The channels. One whose provider sends no webhooks is none of them. */
export const channels: readonly AttackedChannel[] = [
  simulator,
  meta,
  acs,
  acsByToken,
  rbm,
  gbm,
  waha,
  wawp,
  twilio,
];

/** Those of them that are turned on, and proved, by settings. */
export const configured: readonly AttackedChannel[] = channels.filter(
  channel => channel.proofs !== undefined && channel.secretOf === undefined,
);

function metaMessage(own: string, { id, text, from = customer, business = own, name = 'Anna' }: Said) {
  const wire = { number: from, userId: userIdOf(from), name };
  return messageEnvelope(business, wire, [
    { id, at: Date.now(), type: 'text', parts: { text: { body: text } } },
  ]) as { object: string; entry: object[] };
}

function metaStatus(own: string, { id, status, word = status, to = customer, business = own, detail }: Told) {
  const wire = { number: to, userId: userIdOf(to), name: 'Anna' };
  const errors = detail === undefined ? {} : { errors: [{ code: 131026, error_data: { details: detail } }] };
  return statusEnvelope(business, wire, { id, status: word, at: statusesAt, ...errors }) as {
    object: string;
    entry: object[];
  };
}

function merged(envelopes: readonly { object: string; entry: object[] }[]): object {
  return { object: 'whatsapp_business_account', entry: envelopes.flatMap(({ entry }) => entry) };
}
