import type { ChannelEvents, ChannelName, ConnectionReport } from '../../domain.ts';
import { BluetickError } from '../../errors.ts';
import { noEvents, reasonOf } from '../reading.ts';
import { readJsonBody } from '../readJsonBody.ts';
import { customerIn } from './chats.ts';
import { type Envelope, envelope, type LinkedEvent } from './event.ts';
import type { EventReading } from './eventReading.ts';
import { readAck } from './readAck.ts';
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
const readers: ReadonlyMap<string, (event: LinkedEvent) => EventReading> = new Map([
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
 * An event about a message says too that the session was working when it was told: where the word for that is lost, what is
 * owed would wait without end. That a session tells of messages only while it works is our inference.
 *
 * @param body the body as it came
 * @param now when it came, in Unix milliseconds, for an event that tells no time
 * @throws BluetickError `invalid_request` if the body is no object
 */
export function parseEvents(body: Buffer, dialect: Dialect, now: number): ChannelEvents {
  const item = readJsonBody(body);
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw new BluetickError('invalid_request', 'The body holds no event');
  }
  return readItem(item, dialect, now);
}

/** Reads one event, or again one that was set aside; see {@link parseEvents}. */
export function readItem(item: unknown, dialect: Dialect, now: number): ChannelEvents {
  const { business, told, reading } = readEvent(item, dialect, now);
  const events = { ...noEvents, ...(told !== undefined && { connections: [told] }) };
  if ('item' in reading) return { ...events, ...reading.item };
  const { reason } = reading;
  return { ...events, rejected: [{ ...(business !== undefined && { business }), reason, item }] };
}

/** An event, read, with what its coming tells of the session. */
interface ReadEvent {
  readonly reading: EventReading;
  readonly business?: string;
  readonly told?: ConnectionReport;
}

function readEvent(item: unknown, dialect: Dialect, now: number): ReadEvent {
  const whole = envelope.safeParse(dialect.modernize?.(item) ?? item);
  if (!whole.success) return { reading: { reason: reasonOf('event', whole.error) } };
  const { event: name, id, timestamp, me, payload } = whole.data;
  const business = dialect.businessOf(whole.data);
  const read = readers.get(name);
  // The name is not repeated: whoever sends the event chooses it.
  if (read === undefined)
    return { reading: { item: { ignored: ['the event concerns neither messages nor the session'] } } };
  if (business === undefined) return { reading: { reason: `${name} does not say for whom it is` } };
  const own = [me?.id, me?.lid].flatMap(each => customerIn(each) ?? []);
  const { channel } = dialect;
  const reading = read({ channel, business, name, id, at: timestamp ?? now, me: own, payload });
  if (read === readSession || timestamp === undefined) return { reading, business };
  return { reading, business, told: { business, up: true, because: name, at: timestamp } };
}
