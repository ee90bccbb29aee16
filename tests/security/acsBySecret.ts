import { createHmac } from 'node:crypto';
import { inGridSchema, receivedEvent, statusEvent } from '../support/acsEvents.ts';
import {
  type AttackedChannel,
  customer,
  nobody,
  type Said,
  statusesAt,
  type Told,
  usualCredential,
} from './attackedChannel.ts';
import type { Attack } from './attackedHost.ts';

const acsPath = '/webhooks/acs';
/** A request to its address. */
export const acsAttack = (body: string | Buffer, headers: Attack['headers'] = {}, query = ''): Attack => ({
  method: 'POST',
  path: `${acsPath}${query}`,
  headers: { 'content-type': 'application/json', 'aeg-event-type': 'Notification', ...headers },
  body,
});

/** The channel `acs`, proved by a secret. */
export const acs: AttackedChannel = {
  name: 'acs',
  title: 'acs',
  business: '0f0eb78e-a576-1dfc-b414-0f0756de3338',
  bodyLimit: 2 * 1024 * 1024,
  proofs: [['ACS_WEBHOOK_SECRET'], ['ACS_WEBHOOK_TENANT_ID', 'ACS_WEBHOOK_AUDIENCE']],
  settings: (secrets, provider = nobody, credential = usualCredential) => ({
    ACS_CONNECTION_STRING: `endpoint=${provider}/;accesskey=${Buffer.from(credential).toString('base64')}`,
    ACS_CHANNEL_ID: acs.business,
    ACS_WEBHOOK_SECRET: secrets.join(','),
  }),
  body: (...said) => JSON.stringify(inGridSchema(said.map(acsMessage))),
  statuses: (...told) => JSON.stringify(inGridSchema(told.map(acsStatus))),
  unreadable: (to, words) =>
    JSON.stringify(inGridSchema([receivedEvent({ to, content: words, receivedTimestamp: words })])),
  proved: (body, secret) => acsAttack(body, { 'x-webhook-secret': secret }),
  idOf: (number, around) => `${Buffer.concat([around, Buffer.from(number), around]).toString('hex')}-acs`,
  sentText({ path, body }) {
    if (!path.startsWith('/messages/notifications:send')) return undefined;
    const { to, content: text } = JSON.parse(body);
    const id = `acs.${Buffer.from(body).toString('base64')}`;
    return { id, to: String(to[0]).replace('+', ''), text, answer: { receipts: [{ messageId: id }] } };
  },
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

function acsMessage({ id, text, from = customer, business = acs.business }: Said) {
  return receivedEvent({ to: business, from, messageId: id, content: text });
}

function acsStatus({ id, status, word, to = customer, business = acs.business, detail }: Told) {
  const told = word ?? status.replace(/^./, letter => letter.toUpperCase());
  const error = detail === undefined ? {} : { error: { channelCode: '131026', channelMessage: detail } };
  return statusEvent({ from: business, to, messageId: id, status: told, ...error }, statusesAt);
}
