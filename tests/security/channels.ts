/** Every channel with webhooks: what turns it on, what its provider sends, and how that is proved. */
import { createHmac } from 'node:crypto';
import { messageEnvelope, signBody, userIdOf } from '../../bot/simulator/envelopes.ts';
import { inGridSchema, receivedEvent } from '../support/acsEvents.ts';
import type { Attack, AttackedHost } from './attackedHost.ts';

/** What a customer is said to have written. */
export interface Said {
  readonly id: string;
  readonly text: string;
  /** Default: {@link customer}. */
  readonly from?: string;
  /** Default: the channel's own. */
  readonly business?: string;
  readonly name?: string;
}

/** A channel under attack. */
export interface AttackedChannel {
  readonly name: 'simulator' | 'meta' | 'acs';
  readonly business: string;
  /** The largest body that is read, in bytes. */
  readonly bodyLimit: number;
  /**
   * The settings that turn it on.
   *
   * @param secrets what webhooks are proved with; the current one first
   * @param provider where the provider is
   */
  settings(secrets: readonly string[], provider?: string): Readonly<Record<string, string>>;
  /** The secrets of a host, where they are not its settings'. */
  secretOf?(host: AttackedHost): string;
  /** A webhook's body. */
  body(...said: Said[]): string;
  /** A body with one item that cannot be read, for the business. */
  unreadable(business: string, words: string): string;
  /** Sends a body, proved with a secret. */
  proved(body: string | Buffer, secret: string): Attack;
  /** Requests that prove nothing, though they are near it. */
  unproved(body: string, secret: string): Readonly<Record<string, Attack>>;
}

export const customer = '4915550001111';

/** Nobody listens there. */
const nobody = 'http://127.0.0.1:9';

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
    business,
    bodyLimit: 4 * 1024 * 1024,
    body: (...said: Said[]) => JSON.stringify(merged(said.map(one => metaMessage(business, one)))),
    unreadable: (of: string, words: string) =>
      JSON.stringify(metaMessage(business, { id: '', text: words, business: of })),
    proved: (body: string | Buffer, secret: string) => signed(body, signBody(body, secret)),
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
  settings: (secrets, provider = nobody) => ({
    META_ACCESS_TOKEN: 'EAAG-the-access-token-0123456789',
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

const acsPath = '/webhooks/acs';
const acsAttack = (body: string | Buffer, headers: Attack['headers'] = {}, query = ''): Attack => ({
  method: 'POST',
  path: `${acsPath}${query}`,
  headers: { 'content-type': 'application/json', 'aeg-event-type': 'Notification', ...headers },
  body,
});

const acs: AttackedChannel = {
  name: 'acs',
  business: '0f0eb78e-a576-1dfc-b414-0f0756de3338',
  bodyLimit: 2 * 1024 * 1024,
  settings: (secrets, provider = nobody) => ({
    ACS_CONNECTION_STRING: `endpoint=${provider}/;accesskey=${Buffer.from('the-access-key-of-the-resource').toString('base64')}`,
    ACS_CHANNEL_ID: acs.business,
    ACS_WEBHOOK_SECRET: secrets.join(','),
  }),
  body: (...said) => JSON.stringify(inGridSchema(said.map(acsMessage))),
  unreadable: (to, words) =>
    JSON.stringify(inGridSchema([receivedEvent({ to, content: words, receivedTimestamp: words })])),
  proved: (body, secret) => acsAttack(body, { 'x-webhook-secret': secret }),
  unproved(body, secret) {
    const header = (value: string | string[]) => acsAttack(body, { 'x-webhook-secret': value });
    const query = (value: string) => acsAttack(body, {}, `?code=${value}`);
    return {
      'no secret': acsAttack(body),
      'an empty one': header(''),
      'an empty one in the address': query(''),
      'another one': header(`${secret.slice(0, -1)}x`),
      'another one in the address': query('somebody-else-s-secret'),
      'one that is cut': header(secret.slice(0, -1)),
      'one with more behind it': header(`${secret}x`),
      'one in upper case': header(secret.toUpperCase()),
      'one in base64': header(Buffer.from(secret).toString('base64')),
      'its hash': header(createHmac('sha256', '').update(secret).digest('hex')),
      'the right one twice': header([secret, secret]),
      'a wrong one before the right one in the address': acsAttack(
        body,
        { 'x-webhook-secret': 'x' },
        `?code=${secret}`,
      ),
      'a list with the right one in it': query(`x,${secret}`),
      'the right one under another name': acsAttack(body, { 'x-api-key': secret }, `?secret=${secret}`),
      'the right one as a token': acsAttack(body, { authorization: `Bearer ${secret}` }),
      'the right one in the body': acsAttack(JSON.stringify({ code: secret, events: JSON.parse(body) })),
    };
  },
};

/** The channels. One whose provider sends no webhooks is none of them. */
export const channels: readonly AttackedChannel[] = [simulator, meta, acs];

/** Those of them that are turned on by settings. */
export const configured: readonly AttackedChannel[] = [meta, acs];

function metaMessage(own: string, { id, text, from = customer, business = own, name = 'Anna' }: Said) {
  const wire = { number: from, userId: userIdOf(from), name };
  return messageEnvelope(business, wire, [
    { id, at: Date.now(), type: 'text', parts: { text: { body: text } } },
  ]) as { object: string; entry: object[] };
}

function merged(envelopes: readonly { object: string; entry: object[] }[]): object {
  return { object: 'whatsapp_business_account', entry: envelopes.flatMap(({ entry }) => entry) };
}

function acsMessage({ id, text, from = customer, business = acs.business }: Said) {
  return receivedEvent({ to: business, from, messageId: id, content: text });
}
