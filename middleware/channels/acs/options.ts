import { BluetickError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { systemClock } from '../../timing/systemClock.ts';
import { checkProviderUrl } from '../checkProviderUrl.ts';
import type { EntraTokenRule } from '../entraToken.ts';
import { requirePositive, requireSetting, requireSettings } from '../requireSetting.ts';
import { defaultCallsPerSecond } from './capabilities.ts';
import { readConnectionString } from './connectionString.ts';

/** The only version known to have `readreceipts:send`; interactive messages and stickers are from it too. */
export const previewVersion = '2025-09-01-preview';

/** Where access tokens come from: every credential of `@azure/identity` is one. */
export interface TokenSource {
  getToken(
    scopes: string | string[],
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ readonly token: string } | null>;
}

/**
 * What a connection to ACS Advanced Messaging needs: the resource with its key or with an identity, the channels, and a
 * proof that webhooks come from Event Grid.
 */
export interface AcsChannelOptions {
  /** `endpoint=https://…;accessKey=…`, from the resource's page *Keys*. Either this or `endpoint`. */
  readonly connectionString?: string;
  /** The resource's address, for calls in the name of an identity. Plain http is taken on loopback only. */
  readonly endpoint?: string;
  /**
   * Whose name calls are made in, with `endpoint`. Default: `DefaultAzureCredential`, which finds the managed identity of
   * the host; `@azure/identity` is loaded for it then, and only then.
   */
  readonly credential?: TokenSource;
  /** The channel registration ids of the business numbers that this connection serves: GUIDs. */
  readonly channelIds: readonly string[];
  /** The version of the preview call that marks messages read. Default `2025-09-01-preview`. */
  readonly receiptsApiVersion?: string;
  /** Secrets that a webhook may hold: the current one first, then those still valid. They, or `webhookToken`. */
  readonly webhookSecrets?: readonly string[];
  /** What the token must be that Event Grid signs in with. With secrets beside it, a webhook must have both. */
  readonly webhookToken?: EntraTokenRule;
  /** Calls a second to one channel. Default 80, Meta's: Azure publishes none. */
  readonly callsPerSecond?: number;
  /**
   * How long one call may take, in milliseconds, and how long a download may be silent. Default 10,000: Azure documents
   * no limit of its own, and a reply that hangs longer is better tried again.
   */
  readonly timeoutMs?: number;
  /** For the first time of a call, dates in `Retry-After` and the life of tokens. Default: the system's clock. */
  readonly clock?: Clock;
}

/** The options, checked, with every default in its place. */
export interface CheckedOptions
  extends Required<Omit<AcsChannelOptions, 'connectionString' | 'endpoint' | 'credential' | 'webhookToken'>> {
  readonly endpoint: URL;
  /** How calls prove who makes them: the key, the identity, or the identity of the host. */
  readonly proof: { readonly accessKey: string } | { readonly credential: TokenSource | undefined };
  readonly webhookToken: EntraTokenRule | undefined;
}

/**
 * Checks the options once, so that no channel starts half-configured. Messages name the setting and never show a secret.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function checkOptions({
  connectionString,
  endpoint,
  credential,
  channelIds,
  receiptsApiVersion = previewVersion,
  webhookSecrets = [],
  webhookToken,
  callsPerSecond = defaultCallsPerSecond,
  timeoutMs = 10_000,
  clock = systemClock,
}: AcsChannelOptions): CheckedOptions {
  const proved = webhookToken !== undefined && webhookSecrets.length === 0;
  return {
    ...checkResource(connectionString, endpoint, credential),
    channelIds: requireSettings(channelIds, 'ACS_CHANNEL_ID').map(checkChannelId),
    receiptsApiVersion: requireSetting(receiptsApiVersion, 'ACS_API_VERSION'),
    webhookSecrets: proved ? [] : requireSettings(webhookSecrets, 'ACS_WEBHOOK_SECRET'),
    webhookToken: webhookToken && checkTokenRule(webhookToken),
    callsPerSecond: requirePositive(callsPerSecond, 'callsPerSecond'),
    timeoutMs: requirePositive(timeoutMs, 'timeoutMs'),
    clock,
  };
}

/**
 * Checks which resource is called, and how calls prove who makes them.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function checkResource(
  connectionString: string | undefined,
  endpoint: string | undefined,
  credential: TokenSource | undefined,
): Pick<CheckedOptions, 'endpoint' | 'proof'> {
  if (connectionString === undefined) {
    const address = requireSetting(endpoint ?? '', 'ACS_ENDPOINT');
    return { endpoint: checkEndpoint(address, 'ACS_ENDPOINT'), proof: { credential } };
  }
  if (endpoint !== undefined) {
    throw refuse('ACS_ENDPOINT', 'must not be set beside ACS_CONNECTION_STRING, which holds an endpoint');
  }
  const { endpoint: address, accessKey } = readConnectionString(connectionString);
  return { endpoint: checkEndpoint(address, 'ACS_CONNECTION_STRING'), proof: { accessKey } };
}

function checkEndpoint(address: string, setting: string): URL {
  const url = checkProviderUrl(address, setting);
  if (url.pathname !== '/') throw refuse(setting, 'must name a host, without a path');
  return url;
}

/** Upper and lower case of a GUID are the same. */
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A phone number in its place is the usual accident. */
function checkChannelId(id: string): string {
  if (guid.test(id)) return id.toLowerCase();
  throw refuse('ACS_CHANNEL_ID', 'must be a list of channel registration ids, which are GUIDs');
}

/** A domain finds the tenant's keys too, but no issuer is named by it: every token would be refused. */
function checkTenantId(id: string): string {
  if (guid.test(id)) return id.toLowerCase();
  throw refuse('ACS_WEBHOOK_TENANT_ID', 'must be the id of a tenant, which is a GUID');
}

function checkTokenRule({ tenantId, audiences, metadataUrl }: EntraTokenRule): EntraTokenRule {
  return {
    tenantId: checkTenantId(tenantId),
    audiences: requireSettings(audiences, 'ACS_WEBHOOK_AUDIENCE'),
    ...(metadataUrl !== undefined && {
      metadataUrl: checkProviderUrl(metadataUrl, 'ACS_WEBHOOK_METADATA_URL').href,
    }),
  };
}

function refuse(field: string, why: string): BluetickError {
  return new BluetickError('invalid_configuration', `${field} ${why}`, { field });
}
