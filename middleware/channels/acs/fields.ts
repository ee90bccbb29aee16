import { z } from 'zod';

/** The year 2100: what lies behind it is nonsense that would keep a window open. */
const latest = Date.UTC(2100, 0, 1);

/** A time such as `2023-07-06T18:30:19+00:00`, with any number of decimals. Reads as Unix milliseconds. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform(text => Date.parse(text))
  .pipe(z.int().min(1).max(latest));

/** A text that Azure documents as nullable, or leaves out, or sends empty: all three mean that it is not there. */
export const optionalText = z
  .string()
  .nullish()
  .transform(text => text || undefined);

/** A code: a text in the documentation, of which a number would say the same. Absent as {@link optionalText}. */
export const optionalCode = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .pipe(optionalText);

/** An id of Azure's, or of WhatsApp's. Absent as {@link optionalText}. */
export const optionalId = optionalText.pipe(z.string().max(512).optional());

/** A channel registration id: a GUID, of which upper and lower case are the same. */
export const channelId = z.string().min(1).max(512).toLowerCase();

/** The customer: a number, with or without its plus sign, reads as digits; a business-scoped user id as it is. */
export const customer = optionalId.transform(text => text?.replace(/^\+(?=\d+$)/, ''));
