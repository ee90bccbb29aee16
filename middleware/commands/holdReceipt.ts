import { z } from 'zod';
import { defineCommand } from './command.ts';
import { conversationFields, receiptFields, targetFields, told, viewReceipt } from './fields.ts';
import { findTarget } from './findTarget.ts';

/** Holds receipts until somebody marks the messages read. */
export const holdReceipt = defineCommand({
  name: 'HoldReceipt',
  summary: 'Hold the read receipt',
  description:
    'Keeps the customer’s ticks grey until MarkRead, or until an agent opens the conversation after a hand-off. A hold comes in time only where the policy reads late: readWhen manual or replying (SetReceiptPolicy). Where the receipt has gone out already, the answer says so and the next messages are held.',
  input: z.strictObject(targetFields),
  output: z.object({
    ...conversationFields,
    ...receiptFields,
    holdsNext: told(
      z.boolean(),
      'Holds next',
      'Whether the hold came too late for this message, so that the conversation’s next messages are held instead.',
      false,
    ),
  }),
  errors: ['invalid_request', 'unknown_message', 'unknown_conversation', 'invalid_policy'],
  async run(parts, input, by) {
    const { conversation, message } = await findTarget(parts, input);
    const { receipt, holdsNext } = await parts.engine.hold(conversation, by, message?.ref);
    const { id, channel } = conversation;
    return { conversationId: id, channel, ...viewReceipt(receipt), holdsNext };
  },
});
