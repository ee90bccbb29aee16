import { createWawpChannel } from '../../../middleware/channels/wawp/wawpChannel.ts';
import { startWawpStandIn, wawpEvent, wawpMessage } from '../../support/wawpStandIn.ts';
import type { ChannelHarness, WebhookItem } from '../channel.ts';

const business = '123456789';
const customer = '14255551234';
const chatId = `${customer}@c.us`;
const secrets = {
  current: 'webhook-secret-current',
  rotated: 'webhook-secret-before',
  wrong: 'webhook-secret-of-others',
};

/** Wawp's API and the channel connected to it. */
export async function startWawp(): Promise<ChannelHarness> {
  const wawp = await startWawpStandIn(business);
  const { accessToken } = wawp;
  const channel = createWawpChannel({
    instanceId: business,
    accessToken,
    webhookSecrets: [secrets.current, secrets.rotated],
    apiUrl: wawp.origin,
    timeoutMs: 5000,
  });
  const post = (path: string, body: object) => ({
    method: 'POST',
    path,
    body: { instance_id: business, access_token: accessToken, chatId, ...body },
  });
  return {
    channel,
    address: { channel: 'wawp', business, customer },
    secrets: [accessToken, ...Object.values(secrets)],
    documented: {
      markRead: messageId => post('/v2/send/seen', { messageIds: [messageId] }),
      showTyping: () => post('/v2/send/start-typing', {}),
      stopTyping: () => post('/v2/send/stop-typing', {}),
      send: content => post('/v2/send/text', { message: content.type === 'text' ? content.text : '' }),
    },
    inboundId: () => `false_${chatId}_AAAAAAAAAAAAAAAAAAAA`,
    calls: () => wawp.calls.map(({ method, path, body }) => ({ method, path, body })),
    called: () => wawp.waitFor(() => wawp.calls.length > 0, 2000),
    strike(fault) {
      if (fault !== 'window') wawp.strike(fault);
    },
    webhook([item, ...more], secret = 'current') {
      if (item === undefined || more.length > 0) throw new Error('Wawp sends one event a webhook');
      const body = Buffer.from(JSON.stringify(eventOf(item)));
      return { headers: {}, query: { code: secrets[secret] }, target: '/webhooks/wawp', body };
    },
    close: wawp.close,
  };
}

const words = { sent: ['ACK_SENT', 1], delivered: ['ACK_DELIVERED', 2], read: ['READ', 3] } as const;

function eventOf(item: WebhookItem): object {
  if (item.what === 'message')
    return wawpEvent('message', wawpMessage(item.id, customer, item.text, item.at));
  if (item.what === 'poison') return wawpEvent('message', { id: 1 });
  const [ackName, ack] = words[item.status];
  return wawpEvent('message.ack', { id: item.id, ack, ackName, chatId }, { timestamp: item.at });
}
