import { z } from 'zod';
import type { InboundMessage } from '../../domain.ts';
import { type Reading, reasonOf } from '../reading.ts';
import { messageId, phoneNumber, timestamp, userId } from './fields.ts';
import { readContent } from './readContent.ts';

/** Where an item stands: what it shares with the others of its change. */
export interface Surroundings {
  readonly channel: InboundMessage['channel'];
  /** The phone number id. */
  readonly business: string;
  /** The change's `contacts`, as they came. */
  readonly contacts: unknown;
}

const contact = z.looseObject({
  wa_id: phoneNumber.optional().catch(undefined),
  user_id: userId.optional().catch(undefined),
  profile: z.looseObject({ name: z.string().optional() }).optional().catch(undefined),
});
type Contact = z.infer<typeof contact>;

/**
 * What all messages share. A number that is malformed counts as absent: since customers may hide theirs
 * (META-BSUID), the user id beside it is as good.
 */
const inbound = z.looseObject({
  id: messageId,
  timestamp,
  type: z.string().min(1).max(64),
  from: phoneNumber.optional().catch(undefined),
  from_user_id: userId.optional().catch(undefined),
  context: z
    .looseObject({ id: messageId.optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** Reads one element of `messages` (inbound messages page). */
export function readMessage(
  item: unknown,
  { channel, business, contacts }: Surroundings,
): Reading<InboundMessage> {
  const envelope = inbound.safeParse(item);
  if (!envelope.success) return { reason: reasonOf('message', envelope.error) };
  const { id, timestamp, type, from, from_user_id, context } = envelope.data;

  const known = readContacts(contacts);
  const sender = known.find(
    ({ wa_id, user_id }) =>
      (wa_id !== undefined && wa_id === from) || (user_id !== undefined && user_id === from_user_id),
  );
  // Of several contacts none is the sender's for sure; a lone one is.
  const alone = known.length === 1 ? known.find(() => true) : undefined;
  const customer = from ?? from_user_id ?? alone?.user_id ?? alone?.wa_id;
  if (customer === undefined) return { reason: 'message names no sender' };

  // Only types that we know by name can fail here, so the reason repeats no word of the item.
  const read = readContent(type, envelope.data[type]);
  if (!read.success) return { reason: reasonOf(`message of type ${type}`, read.error) };
  const name = (sender ?? (from === undefined && from_user_id === undefined ? alone : undefined))?.profile
    ?.name;
  return {
    item: {
      channel,
      business,
      customer,
      kind: read.data.kind,
      providerId: id,
      key: id,
      sentAt: timestamp,
      content: {
        ...read.data.content,
        ...(context?.id === undefined ? {} : { replyTo: context.id }),
        ...(name === undefined ? {} : { name }),
        type,
      },
    },
  };
}

/** Contacts only add a name or an id: one that is malformed costs no message. */
function readContacts(contacts: unknown): Contact[] {
  if (!Array.isArray(contacts)) return [];
  return contacts
    .map(item => contact.safeParse(item))
    .flatMap(({ data }) => (data === undefined ? [] : [data]));
}
