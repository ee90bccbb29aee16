import { z } from 'zod';
import { BluetickError } from '../errors.ts';
import type { LedgerEntry } from '../ports.ts';
import { type CommandParts, defineCommand } from './command.ts';
import { conversationFields, receiptFields, targetFields, told, viewReceipt } from './fields.ts';
import { checkTarget, findInbound, findTarget, mustSee, type TargetInput } from './findTarget.ts';
import { outboundFields, viewOutbound } from './outboundFields.ts';

/** The form of our own ids of messages: a message has no other until its provider has it. */
const ownId = /^o[1-9]\d{0,14}$/;

/** What became of a message, of either side. */
export const getMessageStatus = defineCommand({
  name: 'GetMessageStatus',
  summary: 'Get a message’s status',
  description:
    'Tells what became of a message: of one of ours how far it has come (sent, delivered, read) or why it failed; of one of the customer’s whether its receipt has gone out. With a conversation or a customer it is the newest message of ours there.',
  input: z.strictObject(targetFields),
  output: z.object({
    ...conversationFields,
    direction: told(
      z.enum(['inbound', 'outbound']),
      'Direction',
      'inbound: the customer wrote it, and outcome tells of its receipt. outbound: it is ours, and level tells how far it has come.',
      'outbound',
    ),
    ...receiptFields,
    messageId: told(
      z.string().optional(),
      'Message id',
      'The provider’s id of the message, or Bluetick’s own until the provider has it.',
      'wamid.HBgLNDkxNTU1MDAwMTE',
    ),
    ...outboundFields,
  }),
  readOnly: true,
  errors: ['invalid_request', 'unknown_message', 'unknown_conversation'],
  async run(parts, input) {
    checkTarget(input);
    const entry = await findOutbound(parts, input);
    if (entry !== undefined) {
      const { conversation, providerId, ref } = entry;
      const { id, channel } = conversation;
      return {
        conversationId: id,
        channel,
        direction: 'outbound' as const,
        messageId: providerId ?? ref,
        ...viewOutbound(entry),
      };
    }
    if (input.messageId === undefined)
      throw new BluetickError('unknown_message', 'No message of ours has gone out in the conversation');
    const { messageId, channel } = input;
    const found = ownId.test(messageId) ? undefined : await findInbound(parts, { messageId, channel });
    if (found === undefined)
      throw new BluetickError('unknown_message', `No such message has been seen: ${mustSee}`);
    const { conversation, receipt } = found;
    return {
      conversationId: conversation.id,
      channel: conversation.channel,
      direction: 'inbound' as const,
      messageId,
      ...viewReceipt(receipt),
    };
  },
});

async function findOutbound(parts: CommandParts, input: TargetInput): Promise<LedgerEntry | undefined> {
  const { messageId, channel } = input;
  if (messageId === undefined) {
    const { conversation } = await findTarget(parts, input);
    const [newest] = await parts.store.listLedger(conversation.id, { limit: 1 });
    return newest;
  }
  if (ownId.test(messageId)) return parts.store.ledgerEntry({ ref: messageId });
  return channel && parts.store.ledgerEntry({ channel, providerId: messageId });
}
