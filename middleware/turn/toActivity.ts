import type { HandoffNotice, Media } from '../domain.ts';
import type { Turn } from '../receipts/turn.ts';
import type { AttachmentLike } from './structuralTypes.ts';

/** The channel id of our activities: what the community's Twilio adapter uses too, so that bots know it. */
export const whatsAppChannelId = 'whatsapp';

/** What the `channelData` of our activities holds beside what the customer wrote. */
export interface WhatsAppChannelData {
  /** The channel that the message came by, such as `meta`. */
  readonly channel: string;
  /** The business's end, as the provider names it. */
  readonly business: string;
  /** The message as it was parsed: type, payload of a button, media, location, what it quotes. */
  readonly message: Turn['message']['content'];
}

/**
 * The activity that a bot gets for an inbound message, in the form that adapters for WhatsApp have used before:
 * the provider's message id is the activity's, the customer is `from`, files are attachments.
 *
 * The conversation's id is opaque, so that bot state does not carry a phone number in its keys.
 */
export function toActivity({ conversation, message }: Turn) {
  const { id, channel, business, customer } = conversation;
  const { content, kind } = message;
  const channelData: WhatsAppChannelData = { channel, business, message: content };
  const activity = {
    id: message.messageId ?? message.ref,
    channelId: whatsAppChannelId,
    serviceUrl: `urn:bluetick:${channel}`,
    timestamp: new Date(message.sentAt),
    // What is not known is left out: the Agents SDK refuses empty names.
    conversation: { id, isGroup: false, conversationType: 'personal' },
    from: { id: customer, role: 'user', ...(content.name && { name: content.name }) },
    recipient: { id: business, role: 'bot' },
    channelData,
  };
  if (kind === 'handoff') return { ...activity, ...statusOf(content.handoff ?? { state: 'completed' }) };
  if (kind === 'welcome') {
    return { ...activity, type: 'conversationUpdate', membersAdded: [activity.from, activity.recipient] };
  }
  if (kind === 'reaction') {
    const { emoji, to } = content.reaction ?? {};
    // Of a reaction that was taken back WhatsApp does not say which it was.
    const changed = emoji
      ? { reactionsAdded: [{ type: emoji }] }
      : { reactionsRemoved: [{ type: 'unknown' }] };
    return { ...activity, type: 'messageReaction', ...changed, ...(to && { replyToId: to }) };
  }
  return {
    ...activity,
    type: 'message',
    text: content.text ?? '',
    textFormat: 'plain',
    attachments: content.media === undefined ? [] : [toAttachment(content.media)],
    ...(content.payload !== undefined && { value: content.payload }),
    ...(content.replyTo && { replyToId: content.replyTo }),
  };
}

/** What the bot is told of a hand-off: the event of the Bot Framework's hand-off protocol. */
function statusOf({ state, message }: HandoffNotice) {
  return {
    type: 'event',
    name: 'handoff.status',
    value: { state, ...(message !== undefined && { message }) },
  };
}

/**
 * WhatsApp's files are fetched with our credentials, so an attachment names the file rather than an address. RCS gives an
 * address that anybody can fetch, and no id.
 */
function toAttachment({ id, url, contentType, fileName, type }: Media): AttachmentLike {
  const contentUrl = id === undefined ? url : `urn:bluetick:media:${encodeURIComponent(id)}`;
  return {
    contentType: contentType ?? type,
    ...(contentUrl !== undefined && { contentUrl }),
    ...(fileName && { name: fileName }),
  };
}
