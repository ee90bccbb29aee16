import { readFileSync } from 'node:fs';
import { createTwilioChannel } from '../../../../middleware/channels/twilio/twilioChannel.ts';
import type { ChannelEvents } from '../../../../middleware/domain.ts';
import type { RawRequest } from '../../../../middleware/ports.ts';

/** The account and the ends of the fixtures. */
export const accountSid = 'AC00000000000000000000000000000001';
export const business = '14155238886';
export const customer = '15551234567';
export const authToken = '12345678901234567890123456789012';
export const publicUrl = 'https://bot.example.com';

/** When everything arrives. */
export const now = Date.UTC(2026, 10, 21, 12, 0, 0);

/** The channel of the fixtures. */
export const options = {
  accountSid,
  authTokens: [authToken],
  numbers: [business],
  publicUrl,
  clock: { now: () => now },
} as const;

/** A fixture, by its name; `../unverified/twilio/…` for those. */
export function fixture<T = Readonly<Record<string, string>>>(name: string): T {
  const url = new URL(`../../../fixtures/twilio/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** Reads a form as the channel of the fixtures does. */
export function parse(
  fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
  request: Partial<Pick<RawRequest, 'headers' | 'query' | 'receivedAt'>> = {},
): ChannelEvents {
  const { webhook } = createTwilioChannel(options);
  const body = new URLSearchParams();
  for (const [name, value] of isList(fields) ? fields : Object.entries(fields)) body.append(name, value);
  return webhook.parse(Buffer.from(body.toString()), { headers: {}, query: {}, ...request });
}

const isList = (fields: object): fields is readonly (readonly [string, string])[] => Array.isArray(fields);
