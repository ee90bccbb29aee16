import { z } from 'zod';
import type { InboundContent, Media } from '../../domain.ts';
import { mediaTypeOf } from '../mediaTypeOf.ts';
import { maybe, messageId } from './fields.ts';

/** The parts of a message's payload that a bot is given. Any of them may be missing, or `null`. */
export const contentFields = {
  body: maybe(z.string()),
  hasMedia: maybe(z.boolean()),
  media: maybe(z.looseObject({ mimetype: maybe(z.string()), filename: maybe(z.string()) })),
  location: maybe(z.looseObject({ latitude: z.number(), longitude: z.number() })),
  replyTo: maybe(z.looseObject({ id: messageId })),
};

const fields = z.object(contentFields);

/**
 * What a message holds. The gateways have no word for its type, so the word is ours. Of a file its type and its name are
 * told: neither gateway documents how it is fetched.
 */
export function readContent({
  body,
  hasMedia,
  media,
  location,
  replyTo,
}: z.output<typeof fields>): InboundContent {
  const text = body === undefined || body === '' ? {} : { text: body };
  const quoted = replyTo && { replyTo: replyTo.id };
  if (hasMedia || media !== undefined) {
    const file = { type: mediaTypeOf(media?.mimetype), ...caption(body) };
    const told = {
      ...(media?.mimetype !== undefined && { contentType: media.mimetype }),
      ...(media?.filename !== undefined && { fileName: media.filename }),
    };
    return { ...text, ...quoted, media: { ...file, ...told }, type: file.type };
  }
  if (location !== undefined) {
    const { latitude, longitude } = location;
    return { ...text, ...quoted, location: { latitude, longitude }, type: 'location' };
  }
  return { ...text, ...quoted, type: 'text' };
}

function caption(body: string | undefined): Pick<Media, 'caption'> {
  return body === undefined || body === '' ? {} : { caption: body };
}
