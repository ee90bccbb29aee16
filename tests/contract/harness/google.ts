import { createGoogleChannel } from '../../../middleware/channels/google/googleChannel.ts';
import type { Interactive, OutboundContent } from '../../../middleware/domain.ts';
import { startGbmStandIn } from '../../support/gbmStandIn.ts';
import type { GoogleServer } from '../../support/googleServer.ts';
import { businessMessagesWebhook, googleTime, rbmWebhook } from '../../support/googleWebhooks.ts';
import { startRbmStandIn } from '../../support/rbmStandIn.ts';
import type { ChannelHarness, SeenCall, WebhookItem } from '../channel.ts';

const clientTokens = {
  current: 'client-token-current',
  rotated: 'client-token-before',
  wrong: 'client-token-of-others',
};
/** RCS for Business on this machine, and the channel on it. */
export async function startRbm(): Promise<ChannelHarness> {
  const agentId = 'the_agent';
  const customer = '15551234567';
  const rbm = await startRbmStandIn([agentId]);
  const phone = `/v1/phones/+${customer}`;
  const event = (eventId: string, body: object): SeenCall => ({
    method: 'POST',
    path: `${phone}/agentEvents?eventId=${eventId}&agentId=${agentId}`,
    body,
  });
  return {
    ...common(rbm),
    channel: createGoogleChannel({ rbm: formatOf(rbm, agentId), timeoutMs: 5000 }),
    address: { channel: 'google', business: agentId, customer },
    documented: {
      markRead: (messageId, repeatId) => event(repeatId, { eventType: 'READ', messageId }),
      showTyping: () => event('EVENT_ID', { eventType: 'IS_TYPING' }),
      send: (content, messageId) => ({
        method: 'POST',
        path: `${phone}/agentMessages?messageId=${messageId}&agentId=${agentId}`,
        body: { contentMessage: rbmContent(content) },
      }),
    },
    webhook: (items, secret = 'current') => ({
      ...rbmWebhook(rbmPayload(items, agentId, customer), clientTokens[secret]),
      query: {},
      target: '/webhooks/google',
    }),
  };
}

/** Business Messages, as it was, and the channel on it. */
export async function startBusinessMessages(): Promise<ChannelHarness> {
  const agent = 'brands/BRAND_ID/agents/AGENT_ID';
  const conversation = '77de1414-89c0-4ea8-88a7-5f83bd381f8f';
  const gbm = await startGbmStandIn();
  const path = `/v1/conversations/${conversation}`;
  const representative = { representativeType: 'BOT' };
  const event = (eventType: string, representativeType = 'BOT'): SeenCall => ({
    method: 'POST',
    path: `${path}/events?eventId=EVENT_ID`,
    body: { eventType, representative: { representativeType } },
  });
  return {
    ...common(gbm),
    channel: createGoogleChannel({ businessMessages: formatOf(gbm, agent), timeoutMs: 5000 }),
    address: { channel: 'google', business: agent, customer: conversation },
    documented: {
      markRead: id => ({
        method: 'PATCH',
        path: `${path}/messages/${id}/receipt`,
        body: { receiptType: 'READ' },
      }),
      showTyping: () => event('TYPING_STARTED'),
      stopTyping: () => event('TYPING_STOPPED'),
      showRepresentative: joined => event(joined ? 'REPRESENTATIVE_JOINED' : 'REPRESENTATIVE_LEFT', 'HUMAN'),
      send: (content, messageId) => ({
        method: 'POST',
        path: `${path}/messages`,
        body: { messageId, representative, ...businessContent(content) },
      }),
    },
    webhook: (items, secret = 'current') => ({
      ...businessMessagesWebhook(businessPayload(items, agent, conversation), clientTokens[secret]),
      query: {},
      target: '/webhooks/google',
    }),
  };
}

function formatOf({ serviceAccount, origin: apiUrl }: GoogleServer, agentId: string) {
  const { current, rotated } = clientTokens;
  return { agentIds: [agentId], serviceAccount, clientTokens: [current, rotated], apiUrl };
}

function common(server: GoogleServer) {
  return {
    secrets: ['ya29.', 'PRIVATE KEY', ...Object.values(clientTokens)],
    inboundId: () => 'MxuS4-inbound-message',
    calls: () =>
      server.calls.map(({ method, path, body }) => ({ method, path: withoutChance(path, body), body })),
    called: () => server.waitFor(() => server.calls.length > 0, 2000),
    strike(fault: string) {
      if (fault !== 'window') server.strike(fault as 'rate');
    },
    close: server.close,
  };
}

/** The id of an event that no test repeats is random, or made of ids that are. */
function withoutChance(path: string, body: unknown): string {
  const { eventType } = body as { eventType?: string };
  return /TYPING|REPRESENTATIVE/.test(eventType ?? '')
    ? path.replace(/eventId=[0-9a-f-]{36}/, 'eventId=EVENT_ID')
    : path;
}

function rbmPayload([item]: readonly WebhookItem[], agentId: string, customer: string): object {
  const head = { senderPhoneNumber: `+${customer}`, agentId };
  if (item?.what === 'message')
    return { ...head, messageId: item.id, sendTime: googleTime(item.at), text: item.text };
  if (item?.what !== 'status') throw new RangeError('one item a webhook');
  const event = { eventType: item.status.toUpperCase(), eventId: 'e1', messageId: item.id };
  return { ...head, ...event, sendTime: googleTime(item.at) };
}

function businessPayload([item]: readonly WebhookItem[], agent: string, conversationId: string): object {
  if (item === undefined || item.what === 'poison') throw new RangeError('one item a webhook');
  const sendTime = googleTime(item.at);
  const head = {
    agent,
    conversationId,
    customAgentId: 'CUSTOM_AGENT_ID',
    requestId: `r-${item.id}`,
    sendTime,
  };
  const name = `conversations/${conversationId}/messages/${item.id}`;
  if (item.what === 'message') {
    const message = { messageId: item.id, name, text: item.text, createTime: sendTime };
    return { ...head, message };
  }
  const receipt = { message: name, receiptType: item.status.toUpperCase() };
  return { ...head, receipts: { receipts: [receipt], createTime: sendTime } };
}

/** The contents of the suite as RBM's pages show them, written out by hand. */
function rbmContent(content: OutboundContent): object {
  if (content.type === 'text') return { text: content.text };
  if (content.type === 'interactive') return interactives[content.interactive.kind];
  if (content.type === 'media' && content.media.type === 'image')
    return { richCard: card('https://example.com/a.jpg', { description: 'A' }) };
  return { contentInfo: { fileUrl: 'https://example.com/a.pdf' } };
}

/** The same as the snippets of Business Messages have them. */
function businessContent(content: OutboundContent): object {
  if (content.type === 'media' && content.media.type === 'document')
    return { text: 'a.pdf\nhttps://example.com/a.pdf' };
  return rbmContent(content);
}

function card(fileUrl: string, { description, ...rest }: { description: string; suggestions?: object[] }) {
  const media = { height: 'MEDIUM', contentInfo: { fileUrl } };
  return {
    standaloneCard: { cardOrientation: 'VERTICAL', cardContent: { description, media, ...rest } },
  };
}

const interactives: Record<Interactive['kind'], object> = {
  buttons: {
    richCard: card('https://example.com/a.jpg', {
      description: 'Shall we?\n\nAny time',
      suggestions: [
        { reply: { text: 'Yes', postbackData: 'yes' } },
        { reply: { text: 'No', postbackData: 'no' } },
      ],
    }),
  },
  list: {
    text: 'Rooms\n\nWhich one?\n\nSingle: One bed',
    suggestions: [
      { reply: { text: 'Single', postbackData: '1' } },
      { reply: { text: 'Double', postbackData: '2' } },
    ],
  },
};
