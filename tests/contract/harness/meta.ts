import { messageEnvelope, signBody, statusEnvelope, userIdOf } from '../../../bot/simulator/envelopes.ts';
import { createSimulator } from '../../../bot/simulator/simulator.ts';
import { createMetaChannel } from '../../../middleware/channels/meta/metaChannel.ts';
import type { OutboundContent } from '../../../middleware/domain.ts';
import type { ChannelHarness, WebhookItem } from '../channel.ts';

const business = '106540352242922';
const customer = '16505551234';
const secrets = {
  current: 'app-secret-current',
  rotated: 'app-secret-before',
  wrong: 'app-secret-of-others',
};
const accessToken = 'EAAtoken-of-the-contract';
const verifyToken = 'verify-token-of-the-contract';

/** The simulator, which answers as Meta does, and the channel connected to it. */
export async function startMeta(name: 'meta' | 'simulator'): Promise<ChannelHarness> {
  const simulator = await createSimulator({
    accessToken,
    appSecret: secrets.current,
    verifyToken,
    phoneNumberIds: [business],
  });
  const channel = createMetaChannel({
    ...simulator.channelOptions,
    name,
    appSecrets: [secrets.current, secrets.rotated],
    timeoutMs: 5000,
  });
  const phone = simulator.phone(customer);
  const inbound = phone.say('hello');
  const post = (body: object) => ({ method: 'POST', path: `/v25.0/${business}/messages`, body });
  const seen = () => simulator.calls.filter(({ kind }) => kind !== 'media');

  return {
    channel,
    address: { channel: name, business, customer },
    secrets: [accessToken, verifyToken, ...Object.values(secrets)],
    documented: {
      markRead: message_id => post({ messaging_product: 'whatsapp', status: 'read', message_id }),
      markReadAndType: message_id =>
        post({
          messaging_product: 'whatsapp',
          status: 'read',
          message_id,
          typing_indicator: { type: 'text' },
        }),
      send: (content, correlation) =>
        post({
          messaging_product: 'whatsapp',
          recipient_type: 'individual',
          to: customer,
          ...documentedContent(content),
          biz_opaque_callback_data: correlation,
        }),
    },
    inboundId: () => inbound.id,
    inboundFile() {
      const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0xff]);
      const { body } = phone.sendFile('image', bytes, { contentType: 'image/png' });
      const { id } = body.image as { id: string };
      return { id, bytes, contentType: 'image/png' };
    },
    calls: () => seen().map(({ method, path, body }) => ({ method, path, body })),
    called: () => simulator.waitForCalls(1, 2000),
    strike(fault) {
      if (fault === 'rate') simulator.faults.calls({ how: { type: 'rate', retryAfterSeconds: 7 } });
      if (fault === 'server') simulator.faults.calls({ how: { type: 'status', status: 500 } });
      if (fault === 'auth') simulator.faults.calls({ how: { type: 'code', code: 190, status: 401 } });
      if (fault === 'hang') simulator.faults.calls({ how: { type: 'hang' } });
      if (fault === 'window') simulator.faults.calls({ how: { type: 'code', code: 131047 } });
    },
    webhook(items, secret = 'current') {
      const body = Buffer.from(JSON.stringify(envelopeOf(items)));
      return {
        headers: { 'x-hub-signature-256': signBody(body, secrets[secret]) },
        query: {},
        target: '/webhooks/meta',
        body,
      };
    },
    close: () => simulator.close(),
  };
}

/** The contents of the suite as Meta's pages show them, written out by hand. */
function documentedContent(content: OutboundContent): object {
  if (content.type === 'text') return { type: 'text', text: { body: content.text } };
  if (content.type === 'media') {
    return content.media.type === 'image'
      ? { type: 'image', image: { link: 'https://example.com/a.jpg', caption: 'A' } }
      : { type: 'document', document: { link: 'https://example.com/a.pdf', filename: 'a.pdf' } };
  }
  if (content.type === 'interactive') {
    return { type: 'interactive', interactive: documentedInteractives[content.interactive.kind] };
  }
  return {
    type: 'template',
    template: {
      name: 'order_update',
      language: { code: 'en_US' },
      components: [
        { type: 'header', parameters: [{ type: 'image', image: { link: 'https://example.com/h.jpg' } }] },
        { type: 'body', parameters: [{ type: 'text', text: 'Ann' }] },
      ],
    },
  };
}

const documentedInteractives = {
  buttons: {
    type: 'button',
    header: { type: 'image', image: { link: 'https://example.com/a.jpg' } },
    body: { text: 'Shall we?' },
    footer: { text: 'Any time' },
    action: {
      buttons: [
        { type: 'reply', reply: { id: 'yes', title: 'Yes' } },
        { type: 'reply', reply: { id: 'no', title: 'No' } },
      ],
    },
  },
  list: {
    type: 'list',
    header: { type: 'text', text: 'Rooms' },
    body: { text: 'Which one?' },
    action: {
      button: 'Show',
      sections: [
        {
          rows: [
            { id: '1', title: 'Single', description: 'One bed' },
            { id: '2', title: 'Double' },
          ],
        },
      ],
    },
  },
};

/** One entry an item, so that a batch has all of Meta's levels. */
function envelopeOf(items: readonly WebhookItem[]): object {
  const wire = { number: customer, userId: userIdOf(customer), name: 'Sheena Nelson' };
  const envelopes = items.map(item => {
    if (item.what === 'message') {
      const { id, at, text } = item;
      return messageEnvelope(business, wire, [{ id, at, type: 'text', parts: { text: { body: text } } }]);
    }
    if (item.what === 'status') return statusEnvelope(business, wire, item);
    return messageEnvelope(business, wire, [{ id: '', at: 0, type: 'text', parts: {} }]);
  });
  const entries = envelopes.flatMap(envelope => (envelope as { entry: object[] }).entry);
  return { object: 'whatsapp_business_account', entry: entries };
}
