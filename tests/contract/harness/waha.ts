import { createHmac } from 'node:crypto';
import { createWahaChannel } from '../../../middleware/channels/waha/wahaChannel.ts';
import { startWahaStandIn, wahaEvent, wahaMessage } from '../../support/wahaStandIn.ts';
import type { ChannelHarness, WebhookItem } from '../channel.ts';

const business = 'default';
const customer = '14255551234';
const chatId = `${customer}@c.us`;
const secrets = {
  current: 'hmac-key-current',
  rotated: 'hmac-key-before',
  wrong: 'hmac-key-of-others',
};

/** A WAHA server and the channel connected to it. */
export async function startWaha(): Promise<ChannelHarness> {
  const waha = await startWahaStandIn([business]);
  const channel = createWahaChannel({
    url: waha.origin,
    apiKey: waha.apiKey,
    sessions: [business],
    hmacKeys: [secrets.current, secrets.rotated],
    timeoutMs: 5000,
  });
  const post = (path: string, body: object) => ({
    method: 'POST',
    path,
    body: { session: business, chatId, ...body },
  });
  return {
    channel,
    address: { channel: 'waha', business, customer },
    secrets: [waha.apiKey, ...Object.values(secrets)],
    documented: {
      markRead: messageId => post('/api/sendSeen', { messageIds: [messageId] }),
      showTyping: () => post('/api/startTyping', {}),
      stopTyping: () => post('/api/stopTyping', {}),
      send: content => post('/api/sendText', { text: content.type === 'text' ? content.text : '' }),
    },
    inboundId: () => `false_${chatId}_AAAAAAAAAAAAAAAAAAAA`,
    calls: () => waha.calls.map(({ method, path, body }) => ({ method, path, body })),
    called: () => waha.waitFor(() => waha.calls.length > 0, 2000),
    strike(fault) {
      if (fault !== 'window') waha.strike(fault);
    },
    webhook([item, ...more], secret = 'current') {
      if (item === undefined || more.length > 0) throw new Error('WAHA sends one event a webhook');
      const body = Buffer.from(JSON.stringify(eventOf(item)));
      const hmac = createHmac('sha512', secrets[secret]).update(body).digest('hex');
      return { headers: { 'x-webhook-hmac': hmac }, query: {}, target: '/webhooks/waha', body };
    },
    close: waha.close,
  };
}

const numbers = { sent: ['SERVER', 1], delivered: ['DEVICE', 2], read: ['READ', 3] } as const;

function eventOf(item: WebhookItem): object {
  if (item.what === 'message')
    return wahaEvent('message', wahaMessage(item.id, customer, item.text, item.at));
  if (item.what === 'poison') return wahaEvent('message', { id: 1 });
  const [ackName, ack] = numbers[item.status];
  const payload = { id: item.id, from: chatId, participant: null, fromMe: true, ack, ackName };
  return wahaEvent('message.ack', payload, { timestamp: item.at });
}
