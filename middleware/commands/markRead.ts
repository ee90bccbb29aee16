import { z } from 'zod';
import { isOpen } from '../domain.ts';
import { defineCommand } from './command.ts';
import { conversationFields, receiptFields, targetFields, told, viewReceipt } from './fields.ts';
import { findTarget } from './findTarget.ts';

/** Marks messages read now, whatever their moment. */
export const markRead = defineCommand({
  name: 'MarkRead',
  summary: 'Mark as read',
  description:
    'Shows the customer the blue ticks now: for one message, or for everything in the conversation that waits for a receipt. Use it when a message has really been read or worked on. It cannot be taken back.',
  input: z.strictObject({
    ...targetFields,
    includeHeld: told(
      z.boolean().optional(),
      'Include held',
      'With messageId: whether earlier messages that are held may be read with it. Default false: then the receipt waits behind them.',
      false,
    ),
  }),
  output: z.object({
    ...conversationFields,
    ...receiptFields,
    count: told(
      z.int().min(0).max(100_000),
      'Count',
      'How many receipts were open and have been asked for. 0: there was nothing to mark.',
      1,
    ),
  }),
  errors: ['invalid_request', 'unknown_message', 'unknown_conversation'],
  async run(parts, { includeHeld = false, ...named }, by) {
    const { conversation, message } = await findTarget(parts, named);
    const { id, channel } = conversation;
    const answer = { conversationId: id, channel };
    if (message !== undefined) {
      const { receipt, ref } = message;
      if (receipt === undefined || !isOpen(receipt.outcome))
        return { ...answer, ...viewReceipt(receipt), count: 0 };
      const [marked] = await parts.engine.markRead({ message: ref, includeHeld }, by);
      return { ...answer, ...viewReceipt(marked), count: 1 };
    }
    const marked = await parts.engine.markRead({ conversation: id }, by);
    const [newest] = marked.length > 0 ? marked : await parts.store.listReceipts(id, 1);
    return { ...answer, ...viewReceipt(newest), count: marked.length };
  },
});
