import { type Address, channelNames } from '../domain.ts';
import { fieldsOf, textOf } from './fields.ts';
import type { ActivityLike } from './structuralTypes.ts';
import { whatsAppChannelId } from './toActivity.ts';

/** Which customer an activity is from, and which of the provider's messages it stands for. */
export interface MessageReference extends Address {
  /** The provider's id of the message. Without it the message cannot be marked read. */
  readonly messageId?: string;
}

/**
 * Finds the provider's message in an activity of an adapter that is not ours; `undefined`: it cannot tell. It is asked
 * about messages, and about events that concern a conversation as a whole, such as `handoff.status`.
 *
 * @example
 * // A relay that puts Meta's message id into `channelData.wamid`:
 * const readRelay: MessageReader = ({ channelData, from }) => ({
 *   channel: 'meta', business: '106540352242922', customer: from.id, messageId: channelData.wamid,
 * });
 */
export type MessageReader = (activity: ActivityLike) => MessageReference | undefined;

/** Reads activities of {@link createWhatsAppAdapter}, also where something has relayed them to another adapter. */
export const readOwnActivity: MessageReader = ({ channelId, channelData, id, from }) => {
  const { channel: name, business } = fieldsOf(channelData);
  const channel = channelNames.find(known => known === name);
  const customer = textOf(from?.id);
  if (channelId !== whatsAppChannelId || channel === undefined || customer === '') return undefined;
  if (typeof business !== 'string') return undefined;
  return { channel, business, customer, ...(id !== undefined && { messageId: id }) };
};

/**
 * Reads activities of `@botbuildercommunity/adapter-twilio-whatsapp`, whose `channelData` is Twilio's form: the ends are
 * `whatsapp:+…`, which this library names by what follows (its `twilioWhatsAppAdapter.ts`). The channel id is the adapter's
 * word; `channelData` alone may be anybody's: clients of Direct Line and web chat write it themselves.
 */
export const readTwilioActivity: MessageReader = ({ channelId, channelData }) => {
  if (channelId !== whatsAppChannelId) return undefined;
  const { MessageSid: messageId, From: from, To: to } = fieldsOf(channelData);
  const customer = endOf(from);
  const business = endOf(to);
  if (typeof messageId !== 'string' || customer === undefined || business === undefined) return undefined;
  return { channel: 'twilio', business, customer, messageId };
};

/** The readers that are asked where a host names none, first to last. */
export const defaultReaders: readonly MessageReader[] = [readOwnActivity, readTwilioActivity];

/** A number, or a user id where it is hidden. */
function endOf(address: unknown): string | undefined {
  return typeof address === 'string' ? /^whatsapp:\+?(.+)$/.exec(address)?.[1] : undefined;
}
