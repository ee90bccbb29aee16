import type { Media, OutboundContent } from '../domain.ts';
import type { Sends } from '../ports.ts';
import { linesOf } from './fields.ts';
import { toLine } from './readActions.ts';
import { refused } from './readCard.ts';
import { textContents } from './textContents.ts';
import { longestOf } from './whatsAppLimits.ts';

/**
 * A file; where files cannot be sent, its caption and its address as a text.
 *
 * @throws BluetickError `invalid_request` as {@link addressOf}
 */
export function fileContents(media: Media, sends: Sends): readonly OutboundContent[] {
  if (sends.media) return [{ type: 'media', media }];
  return textContents(linesOf(media.caption ?? '', addressOf(media, sends)), sends);
}

/**
 * Where a file is, as a line of a text.
 *
 * @throws BluetickError `invalid_request` for an address that a text might have to be cut in
 */
export function addressOf({ url = '', fileName = '', contentType, type }: Media, sends: Sends): string {
  const longest = longestOf(sends) / 2;
  if (url.length <= longest) return toLine(fileName, url);
  throw refused(
    contentType ?? type,
    `whose address has ${url.length} characters; the channel sends no files, and in a text an address has ${longest} at most`,
  );
}
