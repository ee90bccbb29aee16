import { z } from 'zod';

const messageSid = z.string().regex(/^(SM|MM)[0-9a-fA-F]{32}$/);

/** What the typing indicator takes, by version (facts 3.1). */
export const typingRequests = {
  v2: z.object({ messageId: messageSid, channel: z.literal('whatsapp') }),
  v3: z.strictObject({ messageId: messageSid, channel: z.literal('WHATSAPP') }),
} as const;

/** WhatsApp's address, or the number of a text message. */
const number = z.string().regex(/^(whatsapp:)?\+[1-9]\d{4,14}$/);

/** A callback's address: no underscore in the host, and, of the fragment, the connection overrides that exist (facts 3.6). */
const callback = z.url({ protocol: /^https?$/ }).refine(text => {
  const { hostname, hash } = new URL(text);
  const overrides = new URLSearchParams(hash.slice(1));
  const known: Readonly<Record<string, RegExp>> = {
    rc: /^[0-5]$/,
    rp: /^(ct|4xx|5xx|rt|all)$/,
    ct: /^\d{3,5}$/,
    rt: /^\d{3,5}$/,
    tt: /^\d{3,5}$/,
  };
  return !hostname.includes('_') && [...overrides].every(([name, value]) => known[name]?.test(value));
});

const variables = z
  .string()
  .transform(text => JSON.parse(text) as unknown)
  .pipe(z.record(z.string().regex(/^\d+$/), z.string()));

/** The fields of a message (facts 3.2), those that the channel has a use for. */
export const messageRequest = z
  .strictObject({
    To: number,
    From: number,
    Body: z.string().min(1).max(1600).optional(),
    MediaUrl: z.url({ protocol: /^https?$/ }).optional(),
    ContentSid: z
      .string()
      .regex(/^HX[0-9a-fA-F]{32}$/)
      .optional(),
    ContentVariables: variables.optional(),
    StatusCallback: callback.optional(),
  })
  .refine(({ Body, MediaUrl, ContentSid }) => (Body ?? MediaUrl ?? ContentSid) !== undefined)
  .refine(({ To, From }) => To.startsWith('whatsapp:') === From.startsWith('whatsapp:'))
  .refine(({ ContentSid, ContentVariables }) => ContentVariables === undefined || ContentSid !== undefined);

/** A message that was sent. */
export type MessageRequest = z.output<typeof messageRequest>;
