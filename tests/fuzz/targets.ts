/**
 * The doors that are fuzzed: each channel's webhook, made from its settings as the host makes it, with requests as its provider
 * sends them, proved. What comes with them is from the attacks of `tests/security`.
 *
 * @module
 */
import { parse, stringify } from 'node:querystring';
import { readConfig } from '../../bot/config.ts';
import { createAcsChannel } from '../../middleware/channels/acs/acsChannel.ts';
import { createGoogleChannel } from '../../middleware/channels/google/googleChannel.ts';
import { createMetaChannel } from '../../middleware/channels/meta/metaChannel.ts';
import { createTwilioChannel } from '../../middleware/channels/twilio/twilioChannel.ts';
import { createWahaChannel } from '../../middleware/channels/waha/wahaChannel.ts';
import { createWawpChannel } from '../../middleware/channels/wawp/wawpChannel.ts';
import type { RawRequest, WebhookChannel } from '../../middleware/ports.ts';
import { acsByToken } from '../security/acsByToken.ts';
import { type AttackedChannel, toldBy } from '../security/attackedChannel.ts';
import { configured } from '../security/channels.ts';
import { inCloudSchema, inGridSchema, receivedEvent, validationEvent } from '../support/acsEvents.ts';
import { tokenProof } from './secrets.ts';

/** A channel's door. */
export interface Door {
  readonly title: string;
  readonly channel: WebhookChannel;
  /** Requests of its provider, each proved. */
  readonly requests: readonly RawRequest[];
  /** What its proof is of, with the proof, in one text: as long as that is the same, it may let in. */
  proof(request: RawRequest): string;
  close(): Promise<void>;
}

const secret = 'the-secret-of-today-0123456789';

/** The channels that can be opened; with `acs` once by its secret and once by a token. */
export const doors: readonly AttackedChannel[] = [...configured, acsByToken];

/** Opens one. */
export async function openDoor(attacked: AttackedChannel): Promise<Door> {
  const shut = await attacked.open?.();
  const config = readConfig({ BLUETICK_API_KEY: 'k'.repeat(32), ...settingsOf(attacked) });
  const channel = [
    config.acs && createAcsChannel(config.acs),
    config.meta && createMetaChannel(config.meta),
    config.twilio && createTwilioChannel(config.twilio),
    config.google && createGoogleChannel(config.google),
    config.waha && createWahaChannel(config.waha),
    config.wawp && createWawpChannel(config.wawp),
  ].find(made => made !== undefined);
  if (channel === undefined) throw new Error(`no channel of the settings of ${attacked.title}`);
  // A token is its own proof: of the others the secret is ours.
  const own = attacked.secretOf?.(undefined as never) ?? secret;
  const bodies = [
    attacked.body({ id: 'one', text: 'Grüße, "hello"' }),
    attacked.body({ id: 'two', text: 'a=b&c=%20d' }),
    ...toldBy(attacked).map(status => attacked.statuses({ id: 'out', status, detail: 'because' })),
    attacked.unreadable(attacked.business, 'words'),
    // Event Grid sends these where the subscription asks for them.
    ...(attacked.name === 'acs'
      ? [
          JSON.stringify(inCloudSchema([receivedEvent({ to: attacked.business, content: 'hello' })])),
          JSON.stringify(inGridSchema([validationEvent('a-code')])),
        ]
      : []),
  ];
  return {
    title: attacked.title,
    channel,
    requests: bodies.map(body => rawRequest(attacked, body, own)),
    proof: request => proofOf(attacked, request),
    async close() {
      await channel.close();
      await shut?.();
    },
  };
}

function settingsOf(attacked: AttackedChannel): Readonly<Record<string, string>> {
  return attacked.settings([secret]);
}

function rawRequest(attacked: AttackedChannel, body: string, own: string): RawRequest {
  const { path, headers } = attacked.proved(body, own);
  const { search, searchParams } = new URL(path, 'http://localhost');
  return {
    headers: headers as RawRequest['headers'],
    query: Object.fromEntries(searchParams),
    target: path.replace(search, '') + search,
    body: Buffer.from(body),
  };
}

/** By title, what a proof is of. The others prove themselves by a secret, whatever the body is. */
function proofOf({ title }: AttackedChannel, { headers, query, target, body }: RawRequest): string {
  const bytes = body.toString('latin1');
  if (title === 'meta') return JSON.stringify([headers['x-hub-signature-256'], bytes]);
  if (title === 'waha') return JSON.stringify([headers['x-webhook-hmac'], bytes]);
  if (title === 'google, RCS for Business')
    return JSON.stringify([headers['x-goog-signature'], dataIn(body) ?? bytes]);
  if (title.startsWith('google')) return JSON.stringify([headers['x-goog-signature'], bytes]);
  if (title === 'twilio') {
    const { pathname, search } = new URL(target, 'http://localhost');
    const address = `${pathname}?${stringify(parse(search.slice(1)))}`;
    return JSON.stringify([headers['x-twilio-signature'], address, signedFields(body)]);
  }
  if (title === acsByToken.title) return tokenOf(headers.authorization);
  return JSON.stringify(headers['x-webhook-secret'] ?? query.code);
}

/** What RCS for Business signs: nothing but what `message.data` decodes to. */
function dataIn(body: Buffer): string | undefined {
  try {
    return Buffer.from(JSON.parse(body.toString()).message.data, 'base64').toString('latin1');
  } catch {
    return undefined;
  }
}

/** What Twilio signs of a form: each name with its values, sorted, each value once, and nothing in between. */
function signedFields(body: Buffer): string {
  const fields = new URLSearchParams(body.toString());
  const names = [...new Set(fields.keys())].sort();
  return names.flatMap(name => [...new Set(fields.getAll(name))].sort().map(value => name + value)).join('');
}

function tokenOf(authorization: string | string[] | undefined): string {
  const [, token = ''] = /^bearer +(.*)$/is.exec(String(authorization)) ?? [];
  return JSON.stringify([Array.isArray(authorization), tokenProof(token)]);
}
