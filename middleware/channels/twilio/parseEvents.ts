import { z } from 'zod';
import type { ChannelEvents } from '../../domain.ts';
import { BluetickError } from '../../errors.ts';
import { noEvents } from '../reading.ts';
import { businessOf, readEnd } from './address.ts';
import { type FormFields, readFormBody } from './formBody.ts';
import { type MessageContext, readMessage } from './readMessage.ts';
import { readStatus, type StatusContext, statusWord } from './readStatus.ts';

/** What came with a form. */
export type FormContext = MessageContext & StatusContext;

/** What our correlation ids and Twilio's tokens look like: anything else in their place is left out. */
export const opaque = /^[\w.:-]{1,128}$/;

/**
 * Reads a webhook: one inbound message, or one status. It is a status if `MessageStatus` says anything but `received`, or,
 * without that, `EventType` or `SmsStatus` does.
 *
 * @throws BluetickError `invalid_request` if the body is no webhook of Twilio's messaging
 */
export function parseEvents(body: Buffer, context: FormContext): ChannelEvents {
  const fields = readFormBody(body);
  if (!fields.has('AccountSid') || !['MessageSid', 'SmsSid', 'SmsStatus'].some(name => fields.has(name)))
    throw new BluetickError('invalid_request', 'The body is no webhook of Twilio’s messaging');
  return readFields(fields, context);
}

/** A form that was set aside, as a store gives it back. */
const setAside = z.looseObject({
  fields: z.record(z.string(), z.array(z.string())),
  now: z.int(),
  correlation: z.string().optional(),
  token: z.string().optional(),
});

/** Reads again what {@link parseEvents} set aside, with the time at which it came. */
export function reparseItem(item: unknown, accountSid: string): ChannelEvents {
  const { fields, ...context } = setAside.parse(item);
  return readFields(new Map(Object.entries(fields)), { ...context, accountSid });
}

function readFields(form: FormFields, { accountSid, now, correlation, token }: FormContext): ChannelEvents {
  // A name with two values is as good as none: who is to say which one counts.
  const fields = Object.fromEntries(
    [...form].flatMap(([name, [value, ...others]]) =>
      value !== undefined && others.every(other => other === value) ? [[name, value]] : [],
    ),
  );
  const own = {
    ...(correlation !== undefined && opaque.test(correlation) && { correlation }),
    ...(token !== undefined && opaque.test(token) && { token }),
  };
  const context = { accountSid, now, ...own };
  const status = isStatus(fields);
  const reading = status ? readStatus(fields, context) : readMessage(fields, context);
  if ('reason' in reading) {
    const end = fields[status ? 'From' : 'To'];
    const business =
      end === undefined ? {} : { business: businessOf(accountSid, String(fields.AccountSid), readEnd(end)) };
    const item = { fields: Object.fromEntries(form), now, ...own };
    return { ...noEvents, rejected: [{ ...business, reason: reading.reason, item }] };
  }
  const { item } = reading;
  return 'means' in item ? { ...noEvents, acknowledgements: [item] } : { ...noEvents, messages: [item] };
}

function isStatus(fields: Readonly<Record<string, string>>): boolean {
  const { MessageStatus, SmsStatus } = fields;
  if ((MessageStatus ?? SmsStatus)?.toLowerCase() === 'received') return false;
  return statusWord(fields) !== undefined;
}
