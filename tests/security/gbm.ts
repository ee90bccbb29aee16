import { googleTime, signGoogle } from '../support/googleWebhooks.ts';
import { type AttackedChannel, customer, type Said, statusesAt, type Told } from './attackedChannel.ts';
import { googleFormat, signedAttack, wronglySigned } from './googleAttack.ts';

/** The channel `google` in the format of Business Messages, which signs the body. */
export const gbm: AttackedChannel = {
  ...googleFormat('GBM', 'brands/the-brand/agents/the-agent'),
  title: 'google, Business Messages',
  tells: ['read', 'delivered'],
  body: (...said) => JSON.stringify(said.map(messageOf)[0]),
  statuses: (...told) => JSON.stringify(told.map(receiptOf)[0]),
  unreadable: (agent, words) => JSON.stringify({ agent, conversationId: customer, message: { text: words } }),
  proved: (body, secret) => signedAttack(body, signGoogle(Buffer.from(body), secret)),
  sentText({ path, body }) {
    const [, to] = /^\/v1\/conversations\/(\d+)\/messages$/.exec(path) ?? [];
    if (to === undefined) return undefined;
    const { messageId: id, text } = JSON.parse(body);
    return { id, to, text, answer: {} };
  },
  unproved(body, secret) {
    const good = signGoogle(body, secret);
    return {
      ...wronglySigned(body, body, secret),
      'one of another body': signedAttack(body, signGoogle(`${body} `, secret)),
      'the right one for a body written again': signedAttack(JSON.stringify(JSON.parse(body), null, 1), good),
      'the right one for a body with a line break': signedAttack(`${body}\n`, good),
      'the right one for a body with a byte order mark': signedAttack(`\uFEFF${body}`, good),
      'the right one for a body in UTF-16': signedAttack(Buffer.from(body, 'utf16le'), good),
      'the right one in the envelope of the other format': signedAttack(
        JSON.stringify({ message: { data: Buffer.from(body).toString('base64') } }),
        good,
      ),
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
