import type { TwilioChannelOptions } from '../../../middleware/channels/twilio/options.ts';
import { createTwilioChannel } from '../../../middleware/channels/twilio/twilioChannel.ts';
import type { OutboundContent } from '../../../middleware/domain.ts';
import { startTwilioStandIn } from '../../support/twilioStandIn.ts';
import { inboundForm, signForm, statusForm } from '../../support/twilioWebhooks.ts';
import type { ChannelHarness, WebhookItem } from '../channel.ts';
import { at } from '../channelSamples.ts';

const business = '14155238886';
const customer = '15551234567';
const publicUrl = 'https://bot.example.com';
const path = '/webhooks/twilio';
const tokens = {
  current: '0123456789abcdef0123456789abcdef',
  rotated: 'fedcba9876543210fedcba9876543210',
  wrong: 'the-token-of-another-account',
};
/** Twilio names a template by the id of its content. */
export const twilioTemplate: OutboundContent = {
  type: 'template',
  template: {
    name: 'HX00000000000000000000000000000001',
    language: 'en_US',
    header: [{ type: 'image', url: 'https://example.com/h.jpg' }],
    body: [{ type: 'text', text: 'Ann' }],
  },
};

/**
 * Starts a Twilio on this machine, and the channel on it.
 *
 * @param over settings of the channel that are others than the suite's
 */
export async function startTwilio(
  messagingApi: 'v2' | 'v3' = 'v2',
  over: Pick<TwilioChannelOptions, 'clock' | 'compliance'> = {},
): Promise<ChannelHarness> {
  const twilio = await startTwilioStandIn({ authToken: tokens.current });
  const { accountSid } = twilio;
  const ends = { accountSid, business, customer };
  const channel = createTwilioChannel({
    accountSid,
    authTokens: [tokens.current, tokens.rotated],
    numbers: [`+${business}`],
    publicUrl,
    apiUrl: twilio.origin,
    messagingUrl: twilio.origin,
    messagingApi,
    timeoutMs: 5000,
    // Twilio gives no times: what a webhook tells happened when it came.
    clock: { now: () => at },
    ...over,
  });
  const called = () => twilio.calls.filter(({ method }) => method === 'POST');

  return {
    channel,
    address: { channel: 'twilio', business, customer },
    secrets: [accountSid, ...Object.values(tokens)],
    documented: {
      markReadAndType: messageId => ({
        method: 'POST',
        path: `/${messagingApi}/Indicators/Typing.json`,
        body: { messageId, channel: messagingApi === 'v2' ? 'whatsapp' : 'WHATSAPP' },
      }),
      send: (content, correlation) => ({
        method: 'POST',
        path: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
        body: {
          To: `whatsapp:+${customer}`,
          From: `whatsapp:+${business}`,
          ...documentedContent(content),
          StatusCallback: `${publicUrl}/webhooks/twilio/status?ref=${correlation}#rp=5xx&rc=5`,
        },
      }),
    },
    inboundId: twilio.receive,
    inboundFile() {
      const file = { bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0xff]), contentType: 'image/png' };
      const url = twilio.keep(file);
      const form = inboundForm(ends, 'MM1', {
        NumMedia: '1',
        MediaUrl0: url,
        MediaContentType0: 'image/png',
      });
      const { body } = signForm(publicUrl + path, form, tokens.current);
      const [message] = channel.webhook.parse(Buffer.from(body)).messages;
      return { id: String(message?.content.media?.id), ...file };
    },
    calls: () => called().map(({ method, path, body }) => ({ method, path, body })),
    called: () => twilio.waitFor(() => called().length > 0, 2000),
    strike(fault) {
      // A closed window is told by a status.
      if (fault !== 'window') twilio.strike(fault);
    },
    webhook([item = { what: 'poison' }], secret = 'current') {
      const form = signForm(publicUrl + path, formOf(item), tokens[secret]);
      return { headers: form.headers, query: {}, target: path, body: Buffer.from(form.body) };
    },
    close: twilio.close,
  };

  function formOf(item: WebhookItem) {
    if (item.what === 'message') return inboundForm(ends, item.id, { Body: item.text });
    if (item.what === 'status') return statusForm(ends, item.id, item.status);
    return { AccountSid: accountSid, SmsStatus: 'received' };
  }
}

/** The contents of the suite as Twilio's specification has them, written out by hand. */
function documentedContent(content: OutboundContent): object {
  if (content.type === 'text') return { Body: content.text };
  if (content.type === 'media') {
    return content.media.type === 'image'
      ? { MediaUrl: 'https://example.com/a.jpg', Body: 'A' }
      : { MediaUrl: 'https://example.com/a.pdf' };
  }
  return {
    ContentSid: 'HX00000000000000000000000000000001',
    ContentVariables: '{"1":"https://example.com/h.jpg","2":"Ann"}',
  };
}
