import { z } from 'zod';
import type { Acknowledgement, ChannelEvents, Rejected } from '../../../domain.ts';
import { noEvents, reasonOf } from '../../reading.ts';
import { levels } from '../levels.ts';

const receiptForm = z.looseObject({
  message: z.string().regex(/^conversations\/[^/]{1,512}\/messages\/[^/]{1,512}$/),
  receiptType: z.string().min(1).max(64),
});

/** What the receipts of a payload share. */
interface Surroundings {
  readonly agent: string;
  readonly conversationId: string;
}

/**
 * Reads the receipts of a payload, which may be several: what became of messages of ours. Each names its message with its
 * conversation; the message's id is one that we chose.
 *
 * @param at when they were made, in Unix milliseconds
 */
export function readReceipts(
  { agent: business, conversationId, ...payload }: Surroundings,
  holder: { readonly receipts: readonly unknown[] },
  at: number,
): ChannelEvents {
  const acknowledgements: Acknowledgement[] = [];
  const rejected: Rejected[] = [];
  for (const each of holder.receipts) {
    const read = receiptForm.safeParse(each);
    if (!read.success) {
      const item = { ...payload, agent: business, conversationId, receipts: { ...holder, receipts: [each] } };
      rejected.push({ reason: reasonOf('receipt', read.error), business, item });
      continue;
    }
    const [, customer = '', , messageId = ''] = read.data.message.split('/');
    const { receiptType: status } = read.data;
    const ids = { providerId: messageId, correlation: messageId };
    const means = levels.get(status) ?? 'unknown';
    acknowledgements.push({ channel: 'google', business, customer, ...ids, status, means, at });
  }
  return { ...noEvents, acknowledgements, rejected };
}
