import { createAcsChannel } from '../../../middleware/channels/acs/acsChannel.ts';
import type { Interactive, OutboundContent } from '../../../middleware/domain.ts';
import { type AcsEvent, inGridSchema, receivedEvent, statusEvent } from '../../support/acsEvents.ts';
import { startAcsStandIn } from '../../support/acsStandIn.ts';
import type { ChannelHarness, WebhookItem } from '../channel.ts';

const business = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const customer = '14255551234';
const secrets = {
  current: 'webhook-secret-current',
  rotated: 'webhook-secret-before',
  wrong: 'webhook-secret-of-others',
};

/** ACS’s stand-in, and the channel connected to it. */
export async function startAcs(
  inSchema: (events: readonly AcsEvent[]) => object[] = inGridSchema,
): Promise<ChannelHarness> {
  const acs = await startAcsStandIn({ channelIds: [business] });
  const channel = createAcsChannel({
    connectionString: acs.connectionString,
    channelIds: [business],
    webhookSecrets: [secrets.current, secrets.rotated],
    timeoutMs: 5000,
  });
  const read = (body: object) => ({
    method: 'POST',
    path: '/messages/readreceipts:send?api-version=2025-09-01-preview',
    body: { channelRegistrationId: business, ...body },
  });
  const called = () => acs.calls.filter(({ method }) => method === 'POST');

  return {
    channel,
    address: { channel: 'acs', business, customer },
    secrets: [acs.accessKey, ...Object.values(secrets)],
    documented: {
      markRead: messageId => read({ messageId }),
      markReadAndType: messageId => read({ messageId, typingIndicator: true }),
      send: content => ({
        method: 'POST',
        path: `/messages/notifications:send?api-version=${content.type === 'interactive' ? '2025-09-01-preview' : '2024-08-30'}`,
        body: { channelRegistrationId: business, to: [`+${customer}`], ...documentedContent(content) },
      }),
    },
    inboundId: acs.receive,
    inboundFile() {
      const file = { bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0xff]), contentType: 'image/png' };
      return { id: acs.keep(file), ...file };
    },
    calls: () => called().map(({ method, path, body }) => ({ method, path, body })),
    called: () => acs.waitFor(() => called().length > 0, 2000),
    strike(fault) {
      // Whether ACS can refuse a message outside the window at once is not documented.
      if (fault !== 'window') acs.strike(fault);
    },
    webhook(items, secret = 'current') {
      const body = Buffer.from(JSON.stringify(inSchema(items.map(eventOf))));
      return { headers: { 'x-webhook-secret': secrets[secret] }, query: {}, target: '/webhooks/acs', body };
    },
    close: acs.close,
  };
}

function eventOf(item: WebhookItem): AcsEvent {
  if (item.what === 'message') {
    return receivedEvent({ to: business, from: customer, messageId: item.id, content: item.text }, item.at);
  }
  if (item.what === 'status') {
    return statusEvent({ from: business, messageId: item.id, status: item.status }, item.at);
  }
  return { ...receivedEvent({ to: business }), data: 'poison' };
}

/** The contents of the suite as Azure's specification shows them, written out by hand. */
function documentedContent(content: OutboundContent): object {
  if (content.type === 'text') return { kind: 'text', content: content.text };
  if (content.type === 'media') {
    return content.media.type === 'image'
      ? { kind: 'image', mediaUri: 'https://example.com/a.jpg', caption: 'A' }
      : { kind: 'document', mediaUri: 'https://example.com/a.pdf', fileName: 'a.pdf' };
  }
  if (content.type === 'interactive') {
    return { kind: 'interactive', interactiveMessage: documentedInteractives[content.interactive.kind] };
  }
  return {
    kind: 'template',
    template: {
      name: 'order_update',
      language: 'en_US',
      values: [
        { kind: 'image', name: 'header1', url: 'https://example.com/h.jpg' },
        { kind: 'text', name: 'body1', text: 'Ann' },
      ],
      bindings: { kind: 'whatsApp', header: [{ refValue: 'header1' }], body: [{ refValue: 'body1' }] },
    },
  };
}

const documentedInteractives: Record<Interactive['kind'], object> = {
  buttons: {
    header: { kind: 'image', mediaUri: 'https://example.com/a.jpg' },
    body: { kind: 'text', text: 'Shall we?' },
    footer: { kind: 'text', text: 'Any time' },
    action: {
      kind: 'whatsAppButtonAction',
      content: {
        kind: 'buttonSet',
        buttons: [
          { id: 'yes', title: 'Yes' },
          { id: 'no', title: 'No' },
        ],
      },
    },
  },
  list: {
    header: { kind: 'text', text: 'Rooms' },
    body: { kind: 'text', text: 'Which one?' },
    action: {
      kind: 'whatsAppListAction',
      content: {
        kind: 'group',
        title: 'Show',
        groups: [
          {
            title: 'Show',
            items: [
              { id: '1', title: 'Single', description: 'One bed' },
              { id: '2', title: 'Double', description: 'Double' },
            ],
          },
        ],
      },
    },
  },
};
