import type { ChannelEvents, ChannelName } from '../../domain.ts';
import { BluetickError } from '../../errors.ts';
import type { RawRequest } from '../../ports.ts';
import { reasonOf } from '../reading.ts';
import { readJsonBody } from '../readJsonBody.ts';
import { readChat } from './chats.ts';
import { type Envelope, envelope, type LinkedEvent } from './event.ts';
import { milliseconds } from './fields.ts';
import { readAck } from './readAck.ts';
import type { Reading } from './reading.ts';
import { readEdit, readMessage, readReaction } from './readMessage.ts';
import { readRevoke } from './readRevoke.ts';
import { readSession } from './readSession.ts';

/** What two gateways of one shape differ in. */
export interface Dialect {
  readonly channel: ChannelName;
  /** The business that an event is for, whoever's it is; `undefined`: it does not say. */
  businessOf(event: Envelope): string | undefined;
  /** Puts an older form of event into the envelope. Default: there is none. */
  modernize?(item: unknown): unknown;
}

/** The events that concern us, by name. */
const readers: ReadonlyMap<string, (event: LinkedEvent) => Reading> = new Map([
  ['message', readMessage],
  ['message.any', readMessage],
  ['message.reaction', readReaction],
  ['message.edited', readEdit],
  ['message.revoked', readRevoke],
  ['message.ack', readAck],
  ['message.ack.group', readAck],
  ['session.status', readSession],
]);

/**
 * Reads a webhook, which is one event. What cannot be read is set aside. Events that concern neither messages nor the
 * session are passed over.
 *
 * @param body the body as it came
 * @param headers of the request. `X-Webhook-Timestamp` stands in for the time of an event that has none
 * @param now when it came, in Unix milliseconds, for one that has neither
 * @throws BluetickError `invalid_request` if the body is no object
 */
export function parseEvents(
  body: Buffer,
  dialect: Dialect,
  headers: RawRequest['headers'],
  now: number,
): ChannelEvents {
  const item = readJsonBody(body);
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw new BluetickError('invalid_request', 'The body holds no event');
  }
  const sent = milliseconds.safeParse(Number(headers['x-webhook-timestamp']));
  const { business, ...read } = readEvent(item, dialect, sent.success ? sent.data : now);
  const nothing = { messages: [], acknowledgements: [], rejected: [] };
  if ('message' in read) return { ...nothing, messages: [read.message] };
  if ('acknowledgement' in read) return { ...nothing, acknowledgements: [read.acknowledgement] };
  if ('connection' in read) return { ...nothing, connections: [read.connection] };
  if ('ignored' in read) return { ...nothing, ignored: [read.ignored] };
  return {
    ...nothing,
    rejected: [{ ...(business !== undefined && { business }), reason: read.reason, item }],
  };
}

function readEvent(item: unknown, dialect: Dialect, at: number): Reading & { readonly business?: string } {
  const whole = envelope.safeParse(dialect.modernize?.(item) ?? item);
  if (!whole.success) return { reason: reasonOf('event', whole.error) };
  const { event: name, id, timestamp, me, payload } = whole.data;
  const business = dialect.businessOf(whole.data);
  const read = readers.get(name);
  // The name is not repeated: whoever sends the event chooses it.
  if (read === undefined) return { ignored: 'the event concerns neither messages nor the session' };
  if (business === undefined) return { reason: `${name} does not say for whom it is` };
  const own = [me?.id, me?.lid].flatMap(each => {
    const chat = each === undefined ? undefined : readChat(each);
    return chat !== undefined && 'customer' in chat ? [chat.customer] : [];
  });
  const { channel } = dialect;
  return { ...read({ channel, business, name, id, at: timestamp ?? at, me: own, payload }), business };
}
