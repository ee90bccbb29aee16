import { z } from 'zod';
import { halfSet, isOff, list, text, url } from './fields.ts';

/** The settings of the channel `waha`. */
export interface WahaConfig {
  readonly url: string;
  readonly apiKey: string;
  readonly sessions: readonly string[];
  readonly hmacKeys: readonly string[];
}

/** The settings as the environment has them. */
export const wahaSettings = z.object({
  WAHA_URL: url,
  WAHA_API_KEY: text,
  WAHA_SESSION: list,
  WAHA_HMAC_KEY: list,
});

const required = ['WAHA_URL', 'WAHA_API_KEY', 'WAHA_SESSION', 'WAHA_HMAC_KEY'] as const;

/**
 * Reads them; `undefined`: the channel is off.
 *
 * @throws BluetickError `invalid_configuration` where it is half set
 */
export function readWaha(set: z.output<typeof wahaSettings>): WahaConfig | undefined {
  if (isOff(wahaSettings, set)) return undefined;
  const { WAHA_URL: address, WAHA_API_KEY: apiKey, WAHA_SESSION: sessions, WAHA_HMAC_KEY: hmacKeys } = set;
  if (!address || !apiKey || !sessions || !hmacKeys) {
    throw halfSet(
      'waha',
      required.filter(name => set[name] === undefined),
    );
  }
  return { url: address, apiKey, sessions, hmacKeys };
}
