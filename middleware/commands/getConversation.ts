import { z } from 'zod';
import { isWindowOpen, windowClosesAt } from '../acknowledgements/window.ts';
import { BluetickError } from '../errors.ts';
import { defineCommand } from './command.ts';
import {
  conversationFields,
  holderFields,
  receiptFields,
  targetFields,
  told,
  viewReceipt,
} from './fields.ts';
import { findTarget } from './findTarget.ts';

/** How a conversation stands. */
export const getConversation = defineCommand({
  name: 'GetConversation',
  summary: 'Get a conversation',
  description:
    'Tells how a conversation stands: who has it, whether free-form messages may still be sent, what waits to be read, and the receipt of the customer’s newest message. Use it to find the conversation id where only the customer is known.',
  input: z.strictObject(targetFields),
  output: z.object({
    ...conversationFields,
    ...holderFields,
    ...receiptFields,
    business: told(z.string(), 'Business', 'The business’s end as the provider names it.', '106540352242922'),
    openReceipts: told(
      z.int().min(0).max(1_000_000),
      'Open receipts',
      'How many messages wait for their receipt, held or scheduled.',
      1,
    ),
    unread: told(z.int().min(0).max(1_000_000), 'Unread', 'How many messages no agent has seen yet.', 1),
    windowOpen: told(
      z.boolean(),
      'Window open',
      'Whether a free-form message may be sent now; otherwise only a template.',
      true,
    ),
    windowClosesAt: told(
      z.string().optional(),
      'Window closes at',
      'When the window closes, or closed (ISO 8601). Absent where the channel knows none.',
      '2026-11-23T17:42:00.000Z',
    ),
    workstream: told(
      z.string().optional(),
      'Workstream',
      'The workstream that was named for it, if one was.',
      'support',
    ),
  }),
  readOnly: true,
  errors: ['invalid_request', 'unknown_message', 'unknown_conversation'],
  async run(parts, input) {
    const { store, channels, clock } = parts;
    const { conversation } = await findTarget(parts, input);
    const { id } = conversation;
    const [view, open, [newest]] = await Promise.all([
      store.conversationView(id),
      store.openReceipts(id),
      store.listReceipts(id, 1),
    ]);
    if (view === undefined) throw new BluetickError('unknown_conversation', 'There is no such conversation');
    const { channel, business, holder, agent, unread, workstream } = view;
    // Of a channel that is off nothing is known: it is taken for one with a window.
    const bound = channels.find(({ name }) => name === channel)?.capabilities ?? { window: true };
    const closesAt = windowClosesAt(view, bound);
    return {
      conversationId: id,
      channel,
      business,
      holder,
      ...(agent !== undefined && { agent }),
      ...viewReceipt(newest),
      openReceipts: open.length,
      unread,
      windowOpen: isWindowOpen(view, bound, clock.now()),
      ...(closesAt !== undefined && { windowClosesAt: new Date(closesAt).toISOString() }),
      ...(workstream !== undefined && { workstream }),
    };
  },
});
