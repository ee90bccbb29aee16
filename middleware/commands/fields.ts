/**
 * The fields that several commands have.
 *
 * @module
 */
import { z } from 'zod';
import { channelNames, holders, receiptOutcomes } from '../domain.ts';
import type { Receipt } from '../ports.ts';

/** Tells what a field is: every way in shows it. */
export function told<Field extends z.ZodType>(
  field: Field,
  title: string,
  description: string,
  example: string | number | boolean,
): Field {
  return field.meta({ title, description, examples: [example] }) as Field;
}

/** The fields that name what a command is about: exactly one of the first three. */
export const targetFields = {
  messageId: told(
    z.string().min(1).max(512).optional(),
    'Message id',
    'The provider’s id of one message, as the channel told it. Give the channel with it. Give exactly one of messageId, conversationId and customer.',
    'wamid.HBgLNDkxNTU1MDAwMTE',
  ),
  conversationId: told(
    z.string().min(1).max(200).optional(),
    'Conversation id',
    'Bluetick’s id of the conversation, as another command answered it. Give exactly one of messageId, conversationId and customer.',
    'c_kX3vTq9aPz0LmN2b',
  ),
  customer: told(
    z.string().min(1).max(200).optional(),
    'Customer',
    'The customer’s WhatsApp number with country code, or the business-scoped user id where the number is hidden. Use it where only the customer is known. Give exactly one of messageId, conversationId and customer.',
    '+4915550001111',
  ),
  channel: told(
    z.enum(channelNames).optional(),
    'Channel',
    'The channel of the message. Needed with messageId; with customer only where the customer writes on several channels.',
    'acs',
  ),
  business: told(
    z.string().min(1).max(200).optional(),
    'Business',
    'The business’s end as the provider names it. Needed only where the customer writes to several numbers of one channel.',
    '106540352242922',
  ),
};

/** Which conversation an answer is about. */
export const conversationFields = {
  conversationId: told(
    z.string(),
    'Conversation id',
    'Bluetick’s id of the conversation, for the next command.',
    'c_kX3vTq9aPz0LmN2b',
  ),
  channel: told(z.enum(channelNames), 'Channel', 'The channel that the conversation is on.', 'acs'),
};

/** Who has the conversation. */
export const holderFields = {
  holder: told(
    z.enum(holders),
    'Holder',
    'Who has the conversation: the bot, the queue of those who wait for an agent, or an agent.',
    'bot',
  ),
  agent: told(z.string().optional(), 'Agent', 'The agent who has it, where one does and is known.', 'Kim'),
};

/** What has become of a receipt. */
export const receiptFields = {
  messageId: told(
    z.string().optional(),
    'Message id',
    'The provider’s id of the customer’s message whose receipt this is; the newest one where a conversation was asked about.',
    'wamid.HBgLNDkxNTU1MDAwMTE',
  ),
  outcome: told(
    z.enum(receiptOutcomes).optional(),
    'Outcome',
    'What has become of the receipt: sent and covered mean that the customer sees the message read; held and scheduled that it waits; skipped, unsupported, failed and expired that it will not go out. Absent: no receipt is owed.',
    'sent',
  ),
  because: told(
    z.string().optional(),
    'Because',
    'The rule behind the outcome, for people.',
    'asked for by hand',
  ),
};

/** A receipt in these fields. */
export function viewReceipt(receipt: Receipt | undefined) {
  if (receipt === undefined) return {};
  const { messageId, outcome, because } = receipt;
  return { outcome, because, ...(messageId !== undefined && { messageId }) };
}
