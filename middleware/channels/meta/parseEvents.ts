import { z } from 'zod';
import type { Acknowledgement, ChannelEvents, ChannelName, InboundMessage, Rejected } from '../../domain.ts';
import { BluetickError } from '../../errors.ts';
import { type Reading, reasonOf } from '../reading.ts';
import { readJsonBody } from '../readJsonBody.ts';
import { readEcho } from './readEcho.ts';
import { readMessage, type Surroundings } from './readMessage.ts';
import { readStatus } from './readStatus.ts';

const envelope = z.object({
  object: z.literal('whatsapp_business_account'),
  entry: z.array(z.unknown()),
});

const entry = z.object({ changes: z.array(z.unknown()) });

const change = z.object({ field: z.string(), value: z.unknown().optional() });

const value = z.object({
  metadata: z.object({ phone_number_id: z.string().min(1).max(64) }),
  contacts: z.unknown().optional(),
  messages: z.unknown().optional(),
  message_echoes: z.unknown().optional(),
  statuses: z.unknown().optional(),
  errors: z.unknown().optional(),
});

/** One list of a change: what its items are called in a reason, and how one is read. */
interface List<T> {
  readonly member: 'messages' | 'message_echoes' | 'statuses';
  readonly read: (item: unknown, surroundings: Surroundings) => Reading<T>;
}

const messages: List<InboundMessage> = { member: 'messages', read: readMessage };
const echoes: List<InboundMessage> = { member: 'message_echoes', read: readEcho };
const statuses: List<Acknowledgement> = { member: 'statuses', read: readStatus };

/**
 * Reads a whole webhook (webhooks overview and inbound messages pages): every entry, change, message and status.
 * What cannot be read is set aside, item by item; nothing ends the walk early. Only the fields `messages` and
 * `smb_message_echoes` concern us; others, such as `message_template_status_update`, are passed over. Events of
 * numbers that we do not serve are read like any other: the engine leaves them alone by their business.
 *
 * @param body the body as it came
 * @param channel the name under which the events go on
 * @throws BluetickError `invalid_request` if the body is no webhook of a WhatsApp business account
 */
export function parseEvents(body: Buffer, channel: ChannelName): ChannelEvents {
  const whole = envelope.safeParse(readJsonBody(body));
  if (!whole.success) {
    throw new BluetickError('invalid_request', 'The body is no webhook of a WhatsApp business account');
  }
  const events = {
    messages: [] as InboundMessage[],
    acknowledgements: [] as Acknowledgement[],
    rejected: [] as Rejected[],
  };
  for (const item of whole.data.entry) {
    const read = entry.safeParse(item);
    if (!read.success) events.rejected.push({ reason: reasonOf('entry', read.error), item });
    else for (const one of read.data.changes) readChange(one, channel, events);
  }
  return events;
}

/** A webhook of one item that {@link parseEvents} set aside: an entry, or a change, with one message or status alone. */
export function envelopeOf(item: unknown): Buffer {
  const isEntry = typeof item === 'object' && item !== null && 'changes' in item;
  const entry = [isEntry ? item : { changes: [item] }];
  return Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
}

/** The lists that events are gathered in. */
interface Events {
  readonly messages: InboundMessage[];
  readonly acknowledgements: Acknowledgement[];
  readonly rejected: Rejected[];
}

function readChange(item: unknown, channel: ChannelName, events: Events): void {
  const read = change.safeParse(item);
  if (!read.success) {
    events.rejected.push({ reason: reasonOf('change', read.error), item });
    return;
  }
  const { field, value: raw } = read.data;
  if (field !== 'messages' && field !== 'smb_message_echoes') return;
  const parsed = value.safeParse(raw);
  if (!parsed.success) {
    events.rejected.push({ reason: reasonOf('change', parsed.error), item });
    return;
  }
  const { metadata, contacts } = parsed.data;
  const { phone_number_id: business } = metadata;
  const surroundings = { channel, business, contacts };
  const reject: Reject = (reason, part) =>
    events.rejected.push({
      reason,
      business,
      item: { field, value: { metadata: { phone_number_id: business }, ...part } },
    });
  if (field === 'messages') {
    readList(messages, parsed.data, surroundings, events.messages, reject);
    readList(statuses, parsed.data, surroundings, events.acknowledgements, reject);
    rejectErrors(parsed.data.errors, reject);
  } else {
    readList(echoes, parsed.data, surroundings, events.messages, reject);
  }
}

/** Sets aside what a change holds: `part` is the member at fault, with the item alone. */
type Reject = (reason: string, part: Readonly<Record<string, unknown>>) => void;

function readList<T>(
  { member, read }: List<T>,
  holder: z.output<typeof value>,
  surroundings: Surroundings,
  items: T[],
  reject: Reject,
): void {
  const list = holder[member];
  if (list === undefined) return;
  if (!Array.isArray(list)) {
    reject(`${member} is not a list`, { [member]: list });
    return;
  }
  // Kept with each of many, contacts of any size would fill the disk; with a lone one they are its sender's.
  const { contacts } = surroundings;
  const sender = list.length === 1 && contacts !== undefined ? { contacts } : {};
  for (const item of list) {
    const reading = read(item, surroundings);
    if ('item' in reading) items.push(reading.item);
    else reject(reading.reason, { [member]: [item], ...sender });
  }
}

/** Faults of the account or the system, which come in place of messages: for a human to look at. */
function rejectErrors(errors: unknown, reject: Reject): void {
  if (!Array.isArray(errors)) return;
  for (const item of errors) reject('Meta reports a fault of the account or its system', { errors: [item] });
}
