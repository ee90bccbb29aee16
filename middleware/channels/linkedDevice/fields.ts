import { z } from 'zod';

/** The year 2100, in seconds: what lies behind it is a time in other units, or nonsense. */
const latestSeconds = 4_102_444_800;

/** A field that may be left out or `null`. One of another kind counts as left out: it costs no message. */
export const maybe = <T extends z.ZodType>(type: T) =>
  type
    .nullish()
    .catch(undefined)
    .transform(value => value ?? undefined);

/** A time in Unix seconds, with a fraction in reactions. Reads as Unix milliseconds. */
export const seconds = z
  .number()
  .min(1)
  .max(latestSeconds)
  .transform(value => Math.round(value * 1000));

/** A time in Unix milliseconds, as the envelope has it. */
export const milliseconds = z
  .int()
  .min(1)
  .max(latestSeconds * 1000);

/** An id of a message: any text, within reason. */
export const messageId = z.string().min(1).max(512);

/** An id of a chat, whatever its form. */
export const chatId = z.string().min(1).max(256);
