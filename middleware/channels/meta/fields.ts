import { z } from 'zod';

/** The year 2100: what lies behind it is a time in milliseconds, or nonsense that would keep a window open. */
const latestSeconds = 4_102_444_800;

/**
 * A time: Unix seconds as a string of digits (Meta's messages and statuses) or as an integer (its page on
 * `smb_message_echoes`). Reads as Unix milliseconds.
 */
export const timestamp = z
  .union([z.string().regex(/^\d{1,10}$/), z.int()])
  .transform(Number)
  .pipe(z.int().min(1).max(latestSeconds))
  .transform(seconds => seconds * 1000);

/** A provider's id of a message: any text, within reason. */
export const messageId = z.string().min(1).max(512);

/** A phone number. Webhooks write it in digits; a plus sign before them is dropped. */
export const phoneNumber = z
  .string()
  .regex(/^\+?\d{1,20}$/)
  .transform(text => text.replace('+', ''));

/** What a business-scoped user id begins with: a country and a full stop (META-BSUID). */
export const userIdPrefix = /^[A-Z]{2}\./;

/** A business-scoped user id, such as `US.13491208655302741918`: what is known of who hides the number. */
export const userId = z
  .string()
  .max(256)
  .regex(/^[A-Z]{2}\.[\w.-]+$/);
