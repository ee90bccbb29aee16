import type { Activity, Attachment } from 'botbuilder';
import { metaCapabilities } from '../../middleware/channels/meta/capabilities.ts';
import { abortedFault } from '../../middleware/channels/transportFault.ts';
import type { Interactive, Media, OutboundContent } from '../../middleware/domain.ts';
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
  const speak = async (conversation: string, activity: Partial<Activity>, signal: AbortSignal) => {
    try {
      return await line.speak(conversation, [activity], signal);
    } catch (cause) {
      if (signal.aborted) throw abortedFault({ provider: 'the Emulator', started: true, cause });
      // An Emulator that is gone does not come back with its conversation.
      throw new ProviderError('The Emulator did not take it', {
        fault: 'permanent',
        is: 'recipient_unreachable',
        providerCode: 'emulator',
        cause,
      });
    }
  };
  return {
    name: 'emulator',
    businesses: [business],
    capabilities: { ...metaCapabilities(callsPerSecond), window: false, readWithinMs: null },
    async markRead({ customer, typing }, signal) {
      if (typing) await speak(customer, { type: 'typing' }, signal);
    },
    async send({ customer, content }, signal) {
      const [response] = await speak(customer, toActivity(content), signal);
      return { providerId: response?.id ?? '' };
    },
    async downloadMedia() {
      throw new ProviderError('The Emulator’s files are in its activities', {
        fault: 'permanent',
        is: 'media_refused',
        providerCode: 'unsupported',
      });
    },
    async close() {
      line.close();
    },
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
    const { media } = content;
    return { type: 'message', text: media.caption ?? '', attachments: [toAttachment(media)] };
  }
  const { interactive } = content;
  const { header } = interactive;
  const choices = interactive.kind === 'buttons' ? interactive.buttons : interactive.rows;
  const actions = choices.map(({ id, title }) => ({ type: 'imBack', title, value: id }));
  return {
    type: 'message',
    text: textOf(interactive),
    ...(header !== undefined && !('text' in header) && { attachments: [toAttachment(header)] }),
    suggestedActions: { actions, to: [] },
  };
}

function toAttachment({ contentType, type, url }: Media): Attachment {
  return { contentType: contentType ?? type, ...(url !== undefined && { contentUrl: url }) };
}

/** All that WhatsApp would show around the body, paragraph by paragraph: the Emulator's buttons have a title only. */
function textOf(interactive: Interactive): string {
  const { header, body, footer } = interactive;
  const rows = interactive.kind === 'list' ? interactive.rows : [];
  const described = rows.flatMap(({ title, description }) =>
    description === undefined ? [] : [`${title}: ${description}`],
  );
  const heading = header !== undefined && 'text' in header ? [header.text] : [];
  return [...heading, body, ...described, ...(footer === undefined ? [] : [footer])].join('\n\n');
}
