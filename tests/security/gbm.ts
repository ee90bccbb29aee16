import { googleTime, signGoogle } from '../support/googleWebhooks.ts';
import {
  type AttackedChannel,
  customer,
  nobody,
  type Said,
  statusesAt,
  type Told,
} from './attackedChannel.ts';
import { googleAttack, googleId, openKeyFile, serviceAccountFile } from './googleAttack.ts';

const signed = (body: string | Buffer, signature: string | string[]) =>
  googleAttack(body, { 'x-goog-signature': signature });

/** The channel `google` in the format of Business Messages, which signs the body. */
export const gbm: AttackedChannel = {
  name: 'google',
  title: 'google, Business Messages',
  business: 'brands/the-brand/agents/the-agent',
  bodyLimit: 256 * 1024,
  batches: false,
  tells: ['read', 'delivered'],
  proofs: [['GBM_CLIENT_TOKEN']],
  open: openKeyFile,
  settings: (secrets, provider = nobody) => ({
    GBM_AGENT_ID: gbm.business,
    GBM_SERVICE_ACCOUNT_FILE: serviceAccountFile(provider),
    GBM_CLIENT_TOKEN: secrets.join(','),
    GBM_API_URL: provider,
  }),
  body: (...said) => JSON.stringify(said.map(messageOf)[0]),
  statuses: (...told) => JSON.stringify(told.map(receiptOf)[0]),
  unreadable: (agent, words) => JSON.stringify({ agent, conversationId: customer, message: { text: words } }),
  proved: (body, secret) => signed(body, signGoogle(Buffer.from(body), secret)),
  idOf: googleId,
  sentText({ path, body }) {
    const [, to] = /^\/v1\/conversations\/(\d+)\/messages$/.exec(path) ?? [];
    if (to === undefined) return undefined;
    const { messageId: id, text } = JSON.parse(body);
    return { id, to, text, answer: {} };
  },
  unproved(body, secret) {
    const good = signGoogle(body, secret);
    return {
      'no signature': googleAttack(body),
      'an empty one': signed(body, ''),
      'one under another token': signed(body, signGoogle(body, `${secret}x`)),
      'one under an empty token': signed(body, signGoogle(body, '')),
      'one of another body': signed(body, signGoogle(`${body} `, secret)),
      'one in hex': signed(body, Buffer.from(good, 'base64').toString('hex')),
      'one that is cut': signed(body, good.slice(0, -1)),
      'the right one twice': signed(body, [good, good]),
      'the token in its place': signed(body, secret),
      'the token in the body': googleAttack(
        JSON.stringify({ ...JSON.parse(body), clientToken: secret, secret: 'x' }),
      ),
      'the right one for a body written again': signed(JSON.stringify(JSON.parse(body), null, 1), good),
      'the right one for a body with a line break': signed(`${body}\n`, good),
      'the right one for a body with a byte order mark': signed(`\uFEFF${body}`, good),
      'the right one for a body in UTF-16': signed(Buffer.from(body, 'utf16le'), good),
      'the right one in the envelope of the other format': signed(
        JSON.stringify({ message: { data: Buffer.from(body).toString('base64') } }),
        good,
      ),
      'the right one for no body': signed('', good),
    };
  },
};

function messageOf({ id: messageId, text, from = customer, business: agent = gbm.business }: Said) {
  const time = googleTime(Date.now());
  const name = `conversations/${from}/messages/${messageId}`;
  const message = { messageId, name, text, createTime: time };
  return { agent, conversationId: from, requestId: `r-${messageId}`, sendTime: time, message };
}

function receiptOf({ id, status, word, to = customer, business: agent = gbm.business }: Told) {
  const time = googleTime(statusesAt);
  const receipt = {
    message: `conversations/${to}/messages/${id}`,
    receiptType: word ?? status.toUpperCase(),
  };
  return {
    ...{ agent, conversationId: to, sendTime: time },
    receipts: { receipts: [receipt], createTime: time },
  };
}
