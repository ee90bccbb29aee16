import { z } from 'zod';

/** A message's id: `SM` or `MM` and 32 hex digits in what Twilio makes, and any text here, within reason. */
export const messageSid = z.string().min(1).max(512);

/** One end, as Twilio writes it. A scheme alone is nobody's. */
export const address = z
  .string()
  .max(256)
  .regex(/^(?!(?:\w+:)?[^\p{L}\p{N}]*$)/u);

/** A word of Twilio's for a state or a type. */
export const word = z.string().min(1).max(64);

/** The names under which the message's id comes; the others are older ones, with the same value. */
export const sidOf = {
  MessageSid: messageSid.optional(),
  SmsMessageSid: messageSid.optional(),
  SmsSid: messageSid.optional(),
} as const;
