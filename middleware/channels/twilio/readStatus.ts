import { z } from 'zod';
import type { Acknowledgement, StatusMeaning } from '../../domain.ts';
import { readFailure } from '../readFailure.ts';
import { type Reading, reasonOf } from '../reading.ts';
import { saysWindowClosed } from '../saysWindowClosed.ts';
import { unreadableFault } from '../transportFault.ts';
import { businessOf, readEnd } from './address.ts';
import { address, messageSid, sidOf, word } from './fields.ts';

/** What Twilio's words for the state of a message mean (facts 8.6). Others are kept as they are. */
const meanings: ReadonlyMap<string, StatusMeaning> = new Map<string, StatusMeaning>([
  ['queued', 'accepted'],
  ['accepted', 'accepted'],
  ['scheduled', 'accepted'],
  ['sending', 'accepted'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['failed', 'failed'],
  ['undelivered', 'failed'],
  ['canceled', 'failed'],
]);

/** What its error codes look like. */
const codeForm = /^\d{1,8}$/;

const optionalText = z.string().min(1).optional().catch(undefined);

const callback = z.looseObject({
  ...sidOf,
  AccountSid: z.string().min(1),
  From: address,
  To: address.optional().catch(undefined),
  MessageStatus: word.optional(),
  EventType: word.optional(),
  SmsStatus: word.optional(),
  ErrorCode: optionalText,
  ErrorMessage: optionalText,
});

/** What came with a status, or with the question for one. */
export interface StatusContext {
  /** The id of our account. */
  readonly accountSid: string;
  /** When we heard of it, in Unix milliseconds: Twilio gives no time in a callback. */
  readonly now: number;
  /** Our correlation id, where the callback's address had it. */
  readonly correlation?: string | undefined;
}

/** Twilio's word for the state of a message, where a webhook has one. `EventType` is of older callbacks. */
export function statusWord(
  fields: Readonly<Partial<Record<'MessageStatus' | 'EventType' | 'SmsStatus', string>>>,
): string | undefined {
  const { MessageStatus, EventType, SmsStatus } = fields;
  return (MessageStatus ?? EventType ?? SmsStatus)?.toLowerCase();
}

/** Reads a status callback (TW-STATUS). */
export function readStatus(
  fields: Readonly<Record<string, string>>,
  context: StatusContext,
): Reading<Acknowledgement> {
  const read = callback.safeParse(fields);
  if (!read.success) return { reason: reasonOf('status', read.error) };
  const { MessageSid, SmsSid, AccountSid, From, To, ErrorCode, ErrorMessage } = read.data;
  const providerId = MessageSid ?? SmsSid;
  const status = statusWord(read.data);
  if (providerId === undefined || status === undefined)
    return { reason: 'status is malformed: MessageSid, MessageStatus' };
  const to = To === undefined ? undefined : readEnd(To);
  const parts = { providerId, status, from: readEnd(From), to, at: context.now };
  return {
    item: acknowledgementOf({ ...parts, named: AccountSid, code: ErrorCode, text: ErrorMessage }, context),
  };
}

/**
 * The message as `GET Messages/{Sid}` shows it (TW-OAI). Its `date_updated` is not looked at: it is Twilio's clock, in whole
 * seconds, while all else of the conversation has the times of ours; set against those, a message could seem to have been
 * delivered before the one that it answers.
 */
const resource = z.looseObject({
  sid: messageSid,
  account_sid: z.string().min(1),
  from: address,
  to: address,
  status: word,
  error_code: z.int().transform(String).optional().catch(undefined),
  error_message: optionalText,
});

/**
 * Reads what Twilio answers about a message of ours: what a callback would have said. What only says that Twilio has it
 * says nothing new.
 *
 * @throws ProviderError if it cannot be read
 */
export function readMessageState(answer: unknown, context: StatusContext): readonly Acknowledgement[] {
  const read = resource.safeParse(answer);
  if (!read.success) throw unreadableFault('Twilio');
  const { sid: providerId, account_sid: named, status, error_code: code, error_message: text } = read.data;
  const [from, to] = [readEnd(read.data.from), readEnd(read.data.to)];
  const parts = { providerId, status, from, to, at: context.now, named, code, text };
  const acknowledgement = acknowledgementOf(parts, context);
  return acknowledgement.means === 'accepted' ? [] : [acknowledgement];
}

function acknowledgementOf(
  parts: {
    readonly providerId: string;
    readonly status: string;
    /** Our end, and the customer's. */
    readonly from: string;
    readonly to: string | undefined;
    readonly at: number;
    /** The account that it names. */
    readonly named: string;
    readonly code: string | undefined;
    readonly text: string | undefined;
  },
  { accountSid, correlation }: StatusContext,
): Acknowledgement {
  const { providerId, status, from, to, at, named, code, text } = parts;
  const means = meanings.get(status) ?? 'unknown';
  const failure =
    means === 'failed' && (code ?? text) !== undefined ? readFailure(code, text, codeForm) : undefined;
  return {
    channel: 'twilio',
    business: businessOf(accountSid, named, from),
    providerId,
    status,
    means,
    at,
    ...(correlation !== undefined && { correlation }),
    ...(to !== undefined && { customer: to }),
    ...(failure && { failures: [failure] }),
    ...(failure && saysWindowClosed(failure.code) && { windowClosed: true as const }),
  };
}
