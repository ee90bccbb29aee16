import { z } from 'zod';
import type { Acknowledgement, ChannelEvents, ChannelName, InboundMessage, Rejected } from '../../domain.ts';
import { BluetickError } from '../../errors.ts';
import { type Reading, reasonOf } from '../reading.ts';
import { readJsonBody } from '../readJsonBody.ts';
import { readEcho } from './readEcho.ts';
import { readMessage, type Surroundings } from './readMessage.ts';
import { readStatus } from './readStatus.ts';

const envelope = z.looseObject({
  object: z.literal('whatsapp_business_account'),
  entry: z.array(z.unknown()),
});

const entry = z.looseObject({ changes: z.array(z.unknown()) });

const change = z.looseObject({ field: z.string(), value: z.unknown().optional() });

const value = z.looseObject({
  metadata: z.looseObject({ phone_number_id: z.string().min(1).max(64) }),
  contacts: z.unknown().optional(),
});

/** One list of a change: what its items are called in a reason, and how one is read. */
interface List<T> {
  readonly member: string;
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
  const surroundings = { channel, business: metadata.phone_number_id, contacts };
  if (field === 'messages') {
    readList(messages, parsed.data, surroundings, events.messages, events.rejected);
    readList(statuses, parsed.data, surroundings, events.acknowledgements, events.rejected);
    rejectErrors(parsed.data.errors, surroundings.business, events.rejected);
  } else {
    readList(echoes, parsed.data, surroundings, events.messages, events.rejected);
  }
}

function readList<T>(
  { member, read }: List<T>,
  holder: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
  items: T[],
  rejected: Rejected[],
): void {
  const list = holder[member];
  const { business } = surroundings;
  if (list === undefined) return;
  if (!Array.isArray(list)) {
    rejected.push({ reason: `${member} is not a list`, item: list, business });
    return;
  }
  for (const item of list) {
    const reading = read(item, surroundings);
    if ('item' in reading) items.push(reading.item);
    else rejected.push({ reason: reading.reason, item, business });
  }
}

/** Faults of the account or the system, which come in place of messages: for a human to look at. */
function rejectErrors(errors: unknown, business: string, rejected: Rejected[]): void {
  if (!Array.isArray(errors)) return;
  for (const item of errors)
    rejected.push({ reason: 'Meta reports a fault of the account or its system', item, business });
}
