import { z } from 'zod';
import { halfSet, isOff, list, text, url } from './fields.ts';

/** The settings of the channel `meta`. */
export interface MetaConfig {
  readonly accessToken: string;
  readonly phoneNumberIds: readonly string[];
  readonly appSecrets: readonly string[];
  readonly verifyToken: string;
  readonly graphUrl: string;
}

/** The settings as the environment has them. */
export const metaSettings = z.object({
  META_ACCESS_TOKEN: text,
  META_PHONE_NUMBER_ID: list,
  META_APP_SECRET: list,
  META_VERIFY_TOKEN: text,
  META_GRAPH_URL: url,
});

const required = [
  'META_ACCESS_TOKEN',
  'META_PHONE_NUMBER_ID',
  'META_APP_SECRET',
  'META_VERIFY_TOKEN',
] as const;

/**
 * Reads them; `undefined`: the channel is off.
 *
 * @throws BluetickError `invalid_configuration` where it is half set
 */
export function readMeta(set: z.output<typeof metaSettings>): MetaConfig | undefined {
  if (isOff(metaSettings, set)) return undefined;
  const {
    META_ACCESS_TOKEN: accessToken,
    META_PHONE_NUMBER_ID: phoneNumberIds,
    META_APP_SECRET: appSecrets,
    META_VERIFY_TOKEN: verifyToken,
    META_GRAPH_URL: graphUrl = 'https://graph.facebook.com/v25.0',
  } = set;
  if (!accessToken || !phoneNumberIds || !appSecrets || !verifyToken) {
    throw halfSet(
      'meta',
      required.filter(name => set[name] === undefined),
    );
  }
  return { accessToken, phoneNumberIds, appSecrets, verifyToken, graphUrl };
}
