import type { Clock } from '../../ports.ts';
import { systemClock } from '../../timing/systemClock.ts';
import { checkProviderUrl } from '../checkProviderUrl.ts';
import { defaultCallsPerSecond } from '../linkedDevice/capabilities.ts';
import { requirePositive, requireSetting, requireSettings } from '../requireSetting.ts';

/** What a connection to Wawp needs. */
export interface WawpChannelOptions {
  /** The id of the instance that this connection serves: it is the business. */
  readonly instanceId: string;
  /** The account's access token. */
  readonly accessToken: string;
  /**
   * Secrets that a webhook may hold, in its address as the query parameter `code`: the current one first, then those still
   * valid. How Wawp proves its webhooks, if it does, is not documented.
   */
  readonly webhookSecrets: readonly string[];
  /**
   * What events call the instance's session. Default `default`, as in every documented example; whether another instance's
   * events say something else, nobody documents. The instance's own id is taken too; events of any other change nothing.
   */
  readonly session?: string;
  /** Default `https://api.wawp.net`. Plain http is taken on loopback only. */
  readonly apiUrl?: string;
  /** Calls a second. Default 10: none is documented. */
  readonly callsPerSecond?: number;
  /** How long one call may take, in milliseconds. Default 10,000: none is documented. */
  readonly timeoutMs?: number;
  /** For dates in `Retry-After`, and events that tell no time. Default: the system's clock. */
  readonly clock?: Clock;
}

/** The options, checked, with every default in its place. */
export interface CheckedOptions extends Required<Omit<WawpChannelOptions, 'apiUrl'>> {
  readonly apiUrl: URL;
}

/**
 * Checks the options once, so that no channel starts half-configured. Messages name the setting and never show a secret.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function checkOptions({
  instanceId,
  accessToken,
  webhookSecrets,
  session = 'default',
  apiUrl = 'https://api.wawp.net',
  callsPerSecond = defaultCallsPerSecond,
  timeoutMs = 10_000,
  clock = systemClock,
}: WawpChannelOptions): CheckedOptions {
  return {
    instanceId: requireSetting(instanceId, 'WAWP_INSTANCE_ID'),
    accessToken: requireSetting(accessToken, 'WAWP_ACCESS_TOKEN'),
    webhookSecrets: requireSettings(webhookSecrets, 'WAWP_WEBHOOK_SECRET'),
    session: requireSetting(session, 'WAWP_SESSION'),
    apiUrl: checkProviderUrl(apiUrl, 'WAWP_API_URL'),
    callsPerSecond: requirePositive(callsPerSecond, 'callsPerSecond'),
    timeoutMs: requirePositive(timeoutMs, 'timeoutMs'),
    clock,
  };
}
