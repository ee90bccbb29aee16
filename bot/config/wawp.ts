import { z } from 'zod';
import { halfSet, isOff, list, misconfigured, text, url } from './fields.ts';

/** The settings of the channel `wawp`. */
export interface WawpConfig {
  readonly instanceId: string;
  readonly accessToken: string;
  readonly webhookSecrets: readonly string[];
  readonly session: string;
  readonly apiUrl: string;
}

/** Whoever guesses a secret may deliver messages: as long at least as a key of the API. */
const minSecretLength = 16;

/** The settings as the environment has them. */
export const wawpSettings = z.object({
  WAWP_INSTANCE_ID: text,
  WAWP_ACCESS_TOKEN: text,
  WAWP_WEBHOOK_SECRET: list,
  WAWP_SESSION: text,
  WAWP_API_URL: url,
});

const required = ['WAWP_INSTANCE_ID', 'WAWP_ACCESS_TOKEN', 'WAWP_WEBHOOK_SECRET'] as const;

/**
 * Reads them; `undefined`: the channel is off.
 *
 * @throws BluetickError `invalid_configuration` where it is half set, or where a secret is too short
 */
export function readWawp(set: z.output<typeof wawpSettings>): WawpConfig | undefined {
  if (isOff(wawpSettings, set)) return undefined;
  const {
    WAWP_INSTANCE_ID: instanceId,
    WAWP_ACCESS_TOKEN: accessToken,
    WAWP_WEBHOOK_SECRET: webhookSecrets,
    WAWP_SESSION: session = 'default',
    WAWP_API_URL: apiUrl = 'https://api.wawp.net',
  } = set;
  if (!instanceId || !accessToken || !webhookSecrets) {
    throw halfSet(
      'wawp',
      required.filter(name => set[name] === undefined),
    );
  }
  if (webhookSecrets.some(({ length }) => length < minSecretLength)) {
    throw misconfigured(
      'WAWP_WEBHOOK_SECRET',
      'WAWP_WEBHOOK_SECRET: allowed: secrets of 16 characters or more.',
    );
  }
  return { instanceId, accessToken, webhookSecrets, session, apiUrl };
}
