import { z } from 'zod';
import type { Acknowledgement } from '../../domain.ts';
import { readFailure } from '../readFailure.ts';
import { type Reading, reasonOf } from '../reading.ts';
import { saysWindowClosed } from '../saysWindowClosed.ts';
import { messageId, timestamp } from './fields.ts';
import type { Surroundings } from './readMessage.ts';

const recipient = z
  .string()
  .min(1)
  .max(256)
  .transform(text => text.replace(/^\+(?=\d+$)/, ''))
  .optional()
  .catch(undefined);

const text = z.string().optional().catch(undefined);

/** What its codes look like: whole numbers. */
const codeForm = /^-?\d{1,16}$/;

/** Read by itself, whatever is in it: one that is malformed takes no other with it. */
const failure = z
  .object({
    code: z
      .union([z.number().transform(String), z.string()])
      .optional()
      .catch(undefined),
    title: text,
    error_data: z.object({ details: text }).optional().catch(undefined),
  })
  .catch({})
  .transform(({ code, title, error_data }) => readFailure(code, error_data?.details ?? title, codeForm));

const status = z.object({
  id: messageId,
  // Words that are not documented are kept: older versions had `deleted` and `warning`, newer ones may have more.
  status: z.string().min(1).max(64),
  timestamp,
  recipient_id: recipient,
  recipient_user_id: recipient,
  biz_opaque_callback_data: z.string().min(1).optional().catch(undefined),
  errors: z.array(failure).optional().catch(undefined),
});

/** The documented words, which are ours; what older ones mean, such as `deleted`, is no longer said anywhere. */
const words = ['sent', 'delivered', 'read', 'played', 'failed'] as const;

/** Reads one element of `statuses` (status webhook page, META-STATUS). */
export function readStatus(item: unknown, { channel, business }: Surroundings): Reading<Acknowledgement> {
  const read = status.safeParse(item);
  if (!read.success) return { reason: reasonOf('status', read.error) };
  const { id, status: word, timestamp, recipient_id, recipient_user_id } = read.data;
  const { biz_opaque_callback_data, errors: failures } = read.data;
  const customer = recipient_id ?? recipient_user_id;
  const alias = recipient_id === undefined ? undefined : recipient_user_id;
  const means = words.find(each => each === word) ?? 'unknown';
  return {
    item: {
      channel,
      business,
      providerId: id,
      status: word,
      means,
      at: timestamp,
      ...(biz_opaque_callback_data === undefined ? {} : { correlation: biz_opaque_callback_data }),
      ...(customer === undefined ? {} : { customer }),
      ...(alias === undefined ? {} : { customerAlias: alias }),
      ...(failures === undefined ? {} : { failures }),
      ...(means === 'failed' &&
        failures?.some(({ code }) => saysWindowClosed(code)) && { windowClosed: true }),
    },
  };
}
