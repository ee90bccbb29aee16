import { z } from 'zod';
import { defineCommand } from './command.ts';
import { conversationFields, targetFields, told } from './fields.ts';
import { findTarget } from './findTarget.ts';

/** Shows the customer "typing…", once. */
export const showTyping = defineCommand({
  name: 'ShowTyping',
  summary: 'Show typing',
  description:
    'Shows the customer “typing…” once; it ends by itself, or with the next message. Use it before work that takes a while. On most WhatsApp channels typing marks messages read, so it does not show while a receipt is held or scheduled: the answer says why.',
  input: z.strictObject(targetFields),
  output: z.object({
    ...conversationFields,
    shown: told(z.boolean(), 'Shown', 'Whether typing was asked for at the channel.', true),
    because: told(z.string(), 'Because', 'The rule that says so, for people.', 'typing.show is true'),
  }),
  errors: ['invalid_request', 'unknown_message', 'unknown_conversation'],
  async run(parts, input) {
    const { conversation } = await findTarget(parts, input);
    // Whoever asks is answering: a bot that is none of ours has its conversations in the queue.
    const holder = conversation.holder === 'queue' ? 'bot' : conversation.holder;
    const { show, because } = await parts.engine.showTyping({ ...conversation, holder });
    return { conversationId: conversation.id, channel: conversation.channel, shown: show, because };
  },
});
