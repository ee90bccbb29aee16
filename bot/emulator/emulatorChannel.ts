import type { Activity } from 'botbuilder';
import { metaCapabilities } from '../../middleware/channels/meta/capabilities.ts';
import type { OutboundContent } from '../../middleware/domain.ts';
import { ProviderError } from '../../middleware/errors.ts';
import type { Channel } from '../../middleware/ports.ts';
import type { MessageReader } from '../../middleware/turn/readMessage.ts';
import type { EmulatorLine } from './emulatorLine.ts';

/** The one business of the channel: the bot that the Emulator is connected to. */
const business = 'emulator';

/**
 * The Bot Framework Emulator as a channel, so that policies can be tried in it: it behaves as Meta's Cloud API does,
 * but for the window. A customer is a conversation of the Emulator. It has no ticks, so a receipt shows as a trace (see
 * `traceReceipts`); typing shows as typing.
 */
export function createEmulatorChannel(line: EmulatorLine): Channel {
  const speak = async (conversation: string, activities: readonly Partial<Activity>[]) => {
    try {
      return await line.speak(conversation, activities);
    } catch (cause) {
      // An Emulator that is gone does not come back with its conversation.
      throw new ProviderError('The Emulator did not take it', {
        fault: 'permanent',
        providerCode: 'emulator',
        cause,
      });
    }
  };
  return {
    name: 'emulator',
    businesses: [business],
    capabilities: { ...metaCapabilities(callsPerSecond), window: false, readWithinMs: null },
    async markRead({ customer, typing }) {
      if (typing) await speak(customer, [{ type: 'typing' }]);
    },
    async send({ customer, content }) {
      const [response] = await speak(customer, [toActivity(content)]);
      return { providerId: response?.id ?? '' };
    },
    async downloadMedia() {
      throw new ProviderError('The Emulator’s files are in its activities', {
        fault: 'permanent',
        providerCode: 'unsupported',
      });
    },
    async close() {},
  };
}

/** Nobody types faster. */
const callsPerSecond = 100;

/** Finds the Emulator's messages, and remembers how to answer them. */
export function readEmulator(line: EmulatorLine): MessageReader {
  return activity => {
    const { channelId, conversation, id } = activity;
    if (channelId !== 'emulator' || conversation?.id === undefined) return undefined;
    line.remember(activity);
    return { channel: 'emulator', business, customer: conversation.id, ...(id && { messageId: id }) };
  };
}

function toActivity(content: OutboundContent): Partial<Activity> {
  if (content.type === 'text') return { type: 'message', text: content.text };
  if (content.type === 'template') return { type: 'message', text: `[template ${content.template.name}]` };
  if (content.type === 'media') {
    const { caption, contentType, url, type } = content.media;
    const attachments = [{ contentType: contentType ?? type, contentUrl: url }];
    return { type: 'message', text: caption ?? '', attachments };
  }
  const { interactive } = content;
  const choices = interactive.kind === 'buttons' ? interactive.buttons : interactive.rows;
  const actions = choices.map(({ id, title }) => ({ type: 'imBack', title, value: id }));
  return { type: 'message', text: interactive.body, suggestedActions: { actions, to: [] } };
}
