import { z } from 'zod';
import { halfSet, isOff, list, misconfigured, text, url } from './fields.ts';

/** The resource, by its connection string or its address, never both. */
export interface AcsResource {
  readonly connectionString?: string;
  readonly endpoint?: string;
}

/** The settings of the channel `acs`. */
export interface AcsConfig extends AcsResource {
  readonly channelIds: readonly string[];
  readonly receiptsApiVersion: string;
  readonly webhookSecrets: readonly string[];
  readonly webhookToken?: {
    readonly tenantId: string;
    readonly audiences: readonly string[];
    readonly metadataUrl?: string;
  };
}

/** Whoever guesses a secret may deliver messages: as long at least as a key of the API. */
const minSecretLength = 16;

/** The settings as the environment has them. */
export const acsSettings = z.object({
  ACS_CONNECTION_STRING: text,
  ACS_ENDPOINT: url,
  ACS_CHANNEL_ID: list,
  ACS_API_VERSION: text,
  ACS_WEBHOOK_SECRET: list,
  ACS_WEBHOOK_TENANT_ID: text,
  ACS_WEBHOOK_AUDIENCE: list,
  ACS_WEBHOOK_METADATA_URL: url,
});
type Settings = z.output<typeof acsSettings>;

/** What the channel alone needs. */
const channelSettings = acsSettings.omit({ ACS_CONNECTION_STRING: true, ACS_ENDPOINT: true });

/**
 * Reads the resource; `undefined`: there is none.
 *
 * @throws BluetickError `invalid_configuration` where it is there twice
 */
export function readAcsResource(
  set: Pick<Settings, 'ACS_CONNECTION_STRING' | 'ACS_ENDPOINT'>,
): AcsResource | undefined {
  const { ACS_CONNECTION_STRING: connectionString, ACS_ENDPOINT: endpoint } = set;
  if (connectionString !== undefined && endpoint !== undefined) {
    throw misconfigured(
      'ACS_ENDPOINT',
      'ACS_ENDPOINT: the connection string in ACS_CONNECTION_STRING holds an endpoint already. Take one of them away.',
    );
  }
  if (connectionString !== undefined) return { connectionString };
  return endpoint === undefined ? undefined : { endpoint };
}

/**
 * Reads them; `undefined`: the channel is off.
 *
 * @param sms whether text messages go over the resource: then it may stand alone, without a channel
 * @throws BluetickError `invalid_configuration` where it is half set, where one setting excludes another, or where a
 *   secret is too short
 */
export function readAcs(set: Settings, sms: boolean): AcsConfig | undefined {
  if (isOff(sms ? channelSettings : acsSettings, set)) return undefined;
  const { ACS_CHANNEL_ID: channelIds } = set;
  const { ACS_API_VERSION: receiptsApiVersion = '2025-09-01-preview' } = set;
  const resource = readAcsResource(set);
  const missing = [
    ...(resource ? [] : ['ACS_CONNECTION_STRING or ACS_ENDPOINT']),
    ...(channelIds ? [] : ['ACS_CHANNEL_ID']),
    ...missingProof(set),
  ];
  if (missing.length > 0 || channelIds === undefined) throw halfSet('acs', missing);
  const token = readTokenRule(set);
  const { ACS_WEBHOOK_SECRET: webhookSecrets = [] } = set;
  if (webhookSecrets.some(({ length }) => length < minSecretLength)) {
    throw misconfigured(
      'ACS_WEBHOOK_SECRET',
      'ACS_WEBHOOK_SECRET: allowed: secrets of 16 characters or more.',
    );
  }
  return {
    ...resource,
    channelIds,
    receiptsApiVersion,
    webhookSecrets,
    ...(token && { webhookToken: token }),
  };
}

/** Anybody could send us events without a proof: a secret, a token, or both. */
function missingProof(set: Settings): readonly string[] {
  const { ACS_WEBHOOK_SECRET: secrets, ACS_WEBHOOK_METADATA_URL: metadataUrl } = set;
  const { ACS_WEBHOOK_TENANT_ID: tenantId, ACS_WEBHOOK_AUDIENCE: audiences } = set;
  if (!tenantId && !audiences && !metadataUrl) {
    return secrets ? [] : ['ACS_WEBHOOK_SECRET or ACS_WEBHOOK_TENANT_ID with ACS_WEBHOOK_AUDIENCE'];
  }
  return [...(tenantId ? [] : ['ACS_WEBHOOK_TENANT_ID']), ...(audiences ? [] : ['ACS_WEBHOOK_AUDIENCE'])];
}

function readTokenRule(set: Settings): AcsConfig['webhookToken'] {
  const { ACS_WEBHOOK_TENANT_ID: tenantId, ACS_WEBHOOK_AUDIENCE: audiences } = set;
  const { ACS_WEBHOOK_METADATA_URL: metadataUrl } = set;
  if (tenantId === undefined || audiences === undefined) return undefined;
  return { tenantId, audiences, ...(metadataUrl && { metadataUrl }) };
}
