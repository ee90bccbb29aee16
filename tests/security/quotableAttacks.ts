/** What a host is asked that it may quote: about a person, in every way that is wrong. */
import type { AttackedChannel } from './attackedChannel.ts';
import type { Attack } from './attackedHost.ts';
import { statusAttacks } from './statusAttacks.ts';

/** Somebody who writes, and what is theirs alone. */
export interface Person {
  readonly number: string;
  readonly name: string;
  readonly text: string;
  /** Bytes that stand around the number in the id of the message. */
  readonly around: Uint8Array;
}

/** What is sent to a channel about one person's message: genuine, forged, and wrong in every way that may be quoted. */
export function* webhooksOf(
  channel: AttackedChannel,
  { number, name, text }: Person,
  id: string,
  secret: string,
): Generator<Attack> {
  const { business, body, unreadable, proved, unproved } = channel;
  const said = { id, text, from: number, name };
  const genuine = body(said);
  // That they are refused is tried where proofs are.
  yield* Object.values(unproved(genuine, secret));
  yield proved(genuine, secret);
  yield proved(genuine, secret);
  yield proved(genuine.slice(0, -3), secret);
  yield proved(unreadable(business, `${number} ${text}`), secret);
  yield proved(body({ ...said, business: business.replace(/^./, '9') }), secret);
  yield* statusAttacks(channel, { number, text }, id, secret);
  const query = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.verify_token': number,
    'hub.challenge': text,
  });
  yield { path: `/webhooks/${channel.name}?${query}` };
}

/** What the API and the bot are asked about one person's message, right and wrong. */
export function* questions(
  { name }: AttackedChannel,
  { number, name: from, text }: Person,
  id: string,
  { apiKey, provider }: { readonly apiKey: string; readonly provider: string },
): Generator<Attack> {
  const [asNumber, asId, asText] = [number, id, text].map(encodeURIComponent);
  const path = '/api/v1';
  const post = (to: string, sent: unknown): Attack => ({
    method: 'POST',
    path: to,
    body: JSON.stringify(sent),
  });
  const asked: readonly Attack[] = [
    { path: `/${asNumber}/${asId}?${asText}` },
    { path: `${path}/conversations/${asNumber}` },
    { path: `${path}/conversations/${asId}/receipts` },
    { path: `${path}/conversations?limit=0&after=${asNumber}` },
    { path: `${path}/messages/${asId}` },
    { path: `${path}/messages/${asText}` },
    { path: `${path}/failures?after=${asNumber}` },
    { path: `${path}/policies/${asNumber}/${asId}` },
    { path: `${path}/policies/channel/${asText}` },
    { method: 'PUT', path: `${path}/policies/business/${asNumber}`, body: '{"read":{"when":"sometimes"}}' },
    { method: 'POST', path: `${path}/receipts`, body: `{"conversation":"${number}` },
    post(`${path}/receipts`, { channel: name, messageId: `${id}0` }),
    post(`${path}/receipts`, { channel: text, messageId: id }),
    post(`${path}/receipts`, { conversation: number }),
    post(`${path}/conversations/${asNumber}/agent-events`, { event: text, agent: from }),
    post(`${path}/policies/explain`, { channel: name, text, reply: text, business: number, holder: from }),
    post(`${path}/policies/explain`, {
      channel: name,
      text,
      business: number,
      policy: { read: { when: 1 } },
    }),
  ];
  for (const attack of asked) {
    yield { ...attack, headers: { 'x-api-key': `${apiKey.slice(1)}x` } };
    yield { ...attack, headers: { authorization: `Bearer ${apiKey}` } };
  }

  // The sample bot fails at a text that is none, and its apology at the connector, which is the provider here.
  const activity = {
    type: 'message',
    id,
    channelId: 'webchat',
    serviceUrl: provider,
    conversation: { id: number, name: from },
    from: { id: number, name: from },
    recipient: { id: 'bot' },
    text: { [text]: number },
  };
  yield post('/api/messages', activity);
  yield { ...post('/api/messages', activity), headers: { 'x-forwarded-for': number } };
  yield {
    ...post('/api/messages', { ...activity, type: '' }),
    headers: { authorization: `Bearer ${apiKey}` },
  };
}
