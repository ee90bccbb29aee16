import { z } from 'zod';
import type { InboundMessage, Media } from '../../domain.ts';
import { mediaTypeOf } from '../mediaTypeOf.ts';
import { type Reading, reasonOf } from '../reading.ts';
import { businessOf, readEnd } from './address.ts';
import { address, messageSid, sidOf, word } from './fields.ts';

const text = z.string().min(1).optional().catch(undefined);
const degrees = z
  .string()
  .regex(/^-?\d{1,3}(\.\d+)?$/)
  .transform(Number)
  .optional()
  .catch(undefined);

/** The fields that we read, of the many that there are (TW-WEBHOOK): names come and go without notice. */
const inbound = z.looseObject({
  ...sidOf,
  AccountSid: z.string().min(1),
  From: address,
  To: address,
  Body: text,
  MessageType: word.regex(/^\w+$/).optional().catch(undefined),
  ProfileName: text,
  ButtonText: text,
  ButtonPayload: text,
  ListTitle: text,
  ListId: text,
  OriginalRepliedMessageSid: messageSid.optional().catch(undefined),
  MediaUrl0: text,
  MediaContentType0: text,
  Latitude: degrees,
  Longitude: degrees,
  Label: text,
  Address: text,
});
type Inbound = z.output<typeof inbound>;

/** What came with a message beside its fields. */
export interface MessageContext {
  /** The id of our account. */
  readonly accountSid: string;
  /** When it arrived, in Unix milliseconds: Twilio gives no time of its own. */
  readonly now: number;
  /** `I-Twilio-Idempotency-Token`, the same at every try of one webhook; stands in for an id that is missing. */
  readonly token?: string | undefined;
}

/**
 * Reads an inbound message (TW-WEBHOOK). WhatsApp sends files one by one, so of several only the first would be read.
 *
 * @param fields those of the form that have one value
 */
export function readMessage(
  fields: Readonly<Record<string, string>>,
  { accountSid, now, token }: MessageContext,
): Reading<InboundMessage> {
  const read = inbound.safeParse(fields);
  if (!read.success) return { reason: reasonOf('message', read.error) };
  const message = read.data;
  const providerId = message.MessageSid ?? message.SmsMessageSid ?? message.SmsSid;
  const key = providerId ?? token;
  if (key === undefined) return { reason: 'message is malformed: MessageSid' };
  return {
    item: {
      channel: 'twilio',
      business: businessOf(accountSid, message.AccountSid, readEnd(message.To)),
      customer: readEnd(message.From),
      kind: 'message',
      ...(providerId !== undefined && { providerId }),
      key,
      sentAt: now,
      content: contentOf(message),
    },
  };
}

function contentOf(message: Inbound): InboundMessage['content'] {
  const { ButtonText, ButtonPayload, ListTitle, ListId, Body, ProfileName } = message;
  const written = ButtonText ?? ListTitle ?? Body;
  const payload = ButtonPayload ?? ListId;
  const media = mediaOf(message);
  const location = locationOf(message);
  return {
    ...(written !== undefined && { text: written }),
    ...(payload !== undefined && { payload }),
    ...(media && { media }),
    ...(location && { location }),
    ...(message.OriginalRepliedMessageSid !== undefined && { replyTo: message.OriginalRepliedMessageSid }),
    ...(ProfileName !== undefined && { name: ProfileName }),
    type: message.MessageType ?? typeOf(message, media?.type, location !== undefined),
  };
}

/** Twilio does not always say what kind of message it is. */
function typeOf(
  { ButtonText, ButtonPayload, ListTitle, ListId }: Inbound,
  media: string | undefined,
  located: boolean,
): string {
  if (ButtonText !== undefined || ButtonPayload !== undefined) return 'button';
  if (ListTitle !== undefined || ListId !== undefined) return 'list';
  return media ?? (located ? 'location' : 'text');
}

/** Where a file is, from the account on; the message's id and the file's own. */
const mediaPath = /\/Messages\/([A-Z]{2}\w{1,64})\/Media\/([A-Z]{2}\w{1,64})$/;

/**
 * A file, by its ids: where it is fetched from is for our settings to say, and not for the webhook. An address of another
 * form has none, and what it names cannot be fetched.
 */
function mediaOf({ MediaUrl0, MediaContentType0, Body }: Inbound): Media | undefined {
  if (MediaUrl0 === undefined) return undefined;
  const [, message, file] = mediaPath.exec(MediaUrl0) ?? [];
  return {
    type: mediaTypeOf(MediaContentType0),
    ...(file !== undefined && { id: `${message}/${file}` }),
    ...(MediaContentType0 !== undefined && { contentType: MediaContentType0 }),
    ...(Body !== undefined && { caption: Body }),
  };
}

function locationOf({ Latitude, Longitude, Label, Address }: Inbound): InboundMessage['content']['location'] {
  if (Latitude === undefined || Longitude === undefined) return undefined;
  return {
    latitude: Latitude,
    longitude: Longitude,
    ...(Label !== undefined && { name: Label }),
    ...(Address !== undefined && { address: Address }),
  };
}
