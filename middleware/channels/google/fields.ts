import { z } from 'zod';

/** The year 2100: what lies behind it is nonsense. */
const latest = Date.UTC(2100, 0, 1);

/** A time such as `2014-10-02T15:01:23.045123456Z`, with any number of decimals. Reads as Unix milliseconds. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform(text => Date.parse(text))
  .pipe(z.int().min(1).max(latest));

/** An id of a message, an event, a conversation or an agent: any text, within reason. */
export const id = z.string().min(1).max(512);

/** A phone number in E.164, `+15551234567`. It reads as digits. */
export const phoneNumber = z
  .string()
  .regex(/^\+?\d{1,20}$/)
  .transform(text => text.replace('+', ''));

/** A text that only adds something: one that is malformed costs no message. */
export const optionalText = z.string().optional().catch(undefined);
