/**
 * What is told of a message of ours.
 *
 * @module
 */
import { z } from 'zod';
import { levelOf } from '../acknowledgements/fold.ts';
import { levels } from '../domain.ts';
import type { LedgerEntry } from '../ports.ts';
import { told } from './fields.ts';

const time = (title: string, description: string) =>
  told(z.string().optional(), title, description, '2026-11-22T17:42:00.000Z');

/** The fields of it. */
export const outboundFields = {
  level: told(
    z.enum(levels).optional(),
    'Level',
    'How far a message of ours has come. accepted: it is with the provider, or on its way there.',
    'delivered',
  ),
  sending: told(
    z.enum(['queued', 'sending', 'sent', 'failed']).optional(),
    'Sending',
    'Where a message of ours stands with Bluetick: queued and sending are on their way to the provider, sent has arrived there, failed will not go out.',
    'sent',
  ),
  failure: told(
    z.string().optional(),
    'Failure',
    'Why it was not sent or did not arrive: the provider’s code, or Bluetick’s word. Absent: nothing went wrong.',
    '131026',
  ),
  sentAt: time('Sent at', 'When the provider sent it (ISO 8601), where that was reported.'),
  deliveredAt: time('Delivered at', 'When it reached the customer’s phone, where that was reported.'),
  readAt: time('Read at', 'When the customer read it, where that was reported.'),
};

/** A message of ours in these fields. */
export function viewOutbound({ state, sending, failure }: LedgerEntry) {
  const { sent, delivered, read } = state.at;
  const code = failure ?? state.failures[0]?.code;
  return {
    level: levelOf(state),
    sending,
    ...(code !== undefined && { failure: code }),
    ...(sent !== undefined && { sentAt: new Date(sent).toISOString() }),
    ...(delivered !== undefined && { deliveredAt: new Date(delivered).toISOString() }),
    ...(read !== undefined && { readAt: new Date(read).toISOString() }),
  };
}
