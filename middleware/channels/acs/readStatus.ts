import { z } from 'zod';
import type { Acknowledgement } from '../../domain.ts';
import { readFailure } from '../readFailure.ts';
import { type Reading, reasonOf } from '../reading.ts';
import { saysWindowClosed } from '../saysWindowClosed.ts';
import { channelId, customer, instant, optionalCode, optionalText } from './fields.ts';
import type { GridEvent } from './readEvent.ts';

const updated = z.looseObject({
  from: channelId,
  to: customer,
  toBSUID: customer,
  // Documented as nullable, but without them there is nothing to tell, and nothing to tell it of.
  messageId: z.string().min(1).max(512),
  // `Sent`, `Delivered`, `Read`, `Failed` in the documentation, lower case in the SDK: one spelling goes on.
  status: z.string().min(1).max(64).toLowerCase(),
  receivedTimestamp: instant.nullish(),
  error: z.looseObject({ channelCode: optionalCode, channelMessage: optionalText }).nullish(),
});

/** The documented words, which are ours. `warning` and `unknown` stand in the SDK too, and nobody says what they mean. */
const words = ['sent', 'delivered', 'read', 'failed'] as const;

/**
 * Reads an `AdvancedMessageDeliveryStatusUpdated` event. A failure holds Meta's code, as a text: outside the 24 hours
 * `131047` is to be expected.
 */
export function readStatus({ at, data }: GridEvent): Reading<Acknowledgement> {
  const read = updated.safeParse(data);
  if (!read.success) return { reason: reasonOf('status', read.error) };
  const { from, to, toBSUID, messageId, status, receivedTimestamp, error } = read.data;
  const time = receivedTimestamp ?? at;
  if (time === undefined) return { reason: 'status has no time' };
  const recipient = to ?? toBSUID;
  const alias = to === undefined ? undefined : toBSUID;
  const means = words.find(each => each === status) ?? 'unknown';
  const failure = error ? readFailure(error.channelCode, error.channelMessage) : undefined;
  return {
    item: {
      channel: 'acs',
      business: from,
      providerId: messageId,
      status,
      means,
      at: time,
      ...(recipient !== undefined && { customer: recipient }),
      ...(alias !== undefined && { customerAlias: alias }),
      ...(failure && { failures: [failure] }),
      ...(means === 'failed' && failure && saysWindowClosed(failure.code) && { windowClosed: true }),
    },
  };
}
