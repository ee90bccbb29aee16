import { createHash, createHmac } from 'node:crypto';
import { inboundForm, signature, statusForm } from '../support/twilioWebhooks.ts';
import {
  type AttackedChannel,
  type Malformed,
  nobody,
  type Said,
  type Told,
  customer as usual,
} from './attackedChannel.ts';
import type { Attack } from './attackedHost.ts';
import { badBytes, eachOf } from './malformed.ts';

const accountSid = 'AC00000000000000000000000000000001';
/** On loopback: what is open to this machine alone is so beside it too. */
const publicUrl = 'http://127.0.0.1:3978';
const path = '/webhooks/twilio';

const attack = (body: string | Buffer, headers: Attack['headers'] = {}, at = path): Attack => ({
  method: 'POST',
  path: at,
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', ...headers },
  body,
});
const signed = (body: string | Buffer, value: string | string[], at = path) =>
  attack(body, { 'x-twilio-signature': value }, at);

/** The signature of what a form's text says, for an address. */
const signatureOf = (body: string | Buffer, token: string, url = publicUrl + path) =>
  signature(url, Object.fromEntries(new URLSearchParams(body.toString())), token);

/** The channel `twilio`. One form is one item. */
export const twilio: AttackedChannel = {
  name: 'twilio',
  title: 'twilio',
  business: '14155238886',
  bodyLimit: 256 * 1024,
  batches: false,
  proofs: [['TWILIO_AUTH_TOKEN']],
  settings: (secrets, provider = nobody) => ({
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: secrets.join(','),
    TWILIO_WHATSAPP_NUMBER: twilio.business,
    TWILIO_API_URL: provider,
    TWILIO_MESSAGING_URL: provider,
    PUBLIC_URL: publicUrl,
  }),
  body: (...said) => said.map(messageForm).join('&'),
  statuses: (...told) => told.map(toldForm).join('&'),
  unreadable(business, words) {
    const { From: _, ...anonymous } = inboundForm({ accountSid, business, customer: usual }, 'SM1', {
      Body: words,
    });
    return new URLSearchParams(anonymous).toString();
  },
  // A webhook that comes again bears the same token.
  proved: (body, secret) =>
    attack(body, {
      'x-twilio-signature': signatureOf(body, secret),
      'i-twilio-idempotency-token': createHash('sha256').update(body).digest('hex'),
    }),
  malformed: malformedForms,
  padded: (body, size) => `${body}&Pad=`.padEnd(size, 'x'),
  idOf: (number, around) => `SM${createHash('md5').update(number).update(around).digest('hex')}`,
  sentText({ path: called, body }) {
    if (called !== `/2010-04-01/Accounts/${accountSid}/Messages.json`) return undefined;
    const form = new URLSearchParams(body);
    const id = `SM${createHash('md5').update(body).digest('hex')}`;
    const to = String(form.get('To')).replace('whatsapp:+', '');
    return { id, to, text: String(form.get('Body')), answer: { sid: id, status: 'queued' } };
  },
  unproved(body, secret) {
    const good = signatureOf(body, secret);
    const hash = createHash('sha256').update(body).digest('hex');
    const hashed = `${path}?bodySHA256=${hash}`;
    const raw = createHmac('sha1', secret).update(body).digest('base64');
    const more = body === '' ? 'x=1' : `${body}&x=1`;
    return {
      'no signature': attack(body),
      'an empty one': signed(body, ''),
      'one under another token': signed(body, signatureOf(body, `${secret}x`)),
      'one under an empty token': signed(body, signatureOf(body, '')),
      'one under the account’s id': signed(body, signatureOf(body, accountSid)),
      'one of another body': signed(body, signatureOf(more, secret)),
      'one of the body alone': signed(body, raw),
      'one of the address alone': signed(`${body}&x=1`, signature(publicUrl + path, {}, secret)),
      'one for the status address': signed(body, signatureOf(body, secret, `${publicUrl}${path}/status`)),
      'one for another host': signed(body, signatureOf(body, secret, `https://evil.example.com${path}`)),
      'one for the host that it was sent to': signed(
        body,
        signatureOf(body, secret, `http://localhost${path}`),
      ),
      'the token in its place': signed(body, secret),
      'one that is cut': signed(body, good.slice(0, -1)),
      'one with more behind it': signed(body, `${good}=`),
      'one in hex': signed(body, Buffer.from(good, 'base64').toString('hex')),
      'the right one twice': signed(body, [good, good]),
      'a wrong and the right one': signed(body, [signatureOf(body, 'wrong'), good]),
      'the right one in the address': attack(
        body,
        {},
        `${path}?x-twilio-signature=${encodeURIComponent(good)}`,
      ),
      'the right one, and a query that it does not know': signed(body, good, `${path}?ref=1`),
      'the right one at the status address': signed(body, good, `${path}/status`),
      'the hash of the body in the address, unsigned': signed(body, good, hashed),
      'the right one, and a field more': signed(more, good),
      'the right one for a body with a line break': signed(`${body}\n`, good),
      'the right one for a body with a byte order mark': signed(`\uFEFF${body}`, good),
      'the right one for a body in UTF-16': signed(Buffer.from(`${body}x`, 'utf16le'), good),
      'the right one for no body': signed(body === '' ? 'x=1' : '', good),
      'a signed hash of another body': signed(`${body} `, signature(publicUrl + hashed, {}, secret), hashed),
    };
  },
};

/** What can be wrong with a form. One that cannot be decoded cannot be what was signed. */
function malformedForms(secret: string): Readonly<Record<string, Malformed>> {
  const good = messageForm({ id: 'malformed', text: 'hello' });
  const also = (field: string) => `${good}&${field}`;
  const decoded = {
    nothing: '',
    'no form': 'hello',
    JSON: '{"MessageSid":"SM1"}',
    'a form of something else': 'a=b',
    'the key __proto__': also('__proto__=1'),
    'the key __proto__, escaped': also('%5F_proto__=1'),
    'the key constructor': also('constructor=1'),
    'the key prototype': also('prototype=1'),
  };
  const others: Readonly<Record<string, string | Buffer>> = {
    'cut within a character': `${good}%2`,
    'a sign that escapes nothing': also('a=%zz'),
    'bytes that are not UTF-8, escaped': also('a=%FF%FE'),
    'half of a surrogate pair, escaped': also('a=%ED%A0%80'),
    'more fields than there are': also(Array.from({ length: 500 }, (_, index) => `f${index}=`).join('&')),
    'separators as far as they go': Buffer.alloc(twilio.bodyLimit, '&'),
    ...badBytes(good),
  };
  const answered = (status: 400 | 401) => (body: string | Buffer) => ({
    attack: twilio.proved(body, secret),
    status,
  });
  return { ...eachOf(decoded, answered(400)), ...eachOf(others, answered(401)) };
}

function messageForm({ id, text, from = usual, business = twilio.business, name = 'Anna' }: Said): string {
  const ends = { accountSid, business, customer: from };
  return new URLSearchParams(inboundForm(ends, id, { Body: text, ProfileName: name })).toString();
}

function toldForm({ id, status, word, to = usual, business = twilio.business, detail }: Told): string {
  const ends = { accountSid, business, customer: to };
  const form = statusForm(ends, id, word ?? status);
  if (detail === undefined) return new URLSearchParams(form).toString();
  return new URLSearchParams({ ...form, ErrorCode: '63024', ErrorMessage: detail }).toString();
}
