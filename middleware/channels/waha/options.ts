import type { Clock } from '../../ports.ts';
import { systemClock } from '../../timing/systemClock.ts';
import { checkProviderUrl } from '../checkProviderUrl.ts';
import { defaultCallsPerSecond } from '../linkedDevice/capabilities.ts';
import { requireHeaderValue, requirePositive, requireSettings } from '../requireSetting.ts';

/** What a connection to a WAHA server needs. */
export interface WahaChannelOptions {
  /** Where the server is. Plain http is taken on loopback only. */
  readonly url: string;
  /** The server's API key. */
  readonly apiKey: string;
  /** The names of the sessions that this connection serves: each is a business. Events of others change nothing. */
  readonly sessions: readonly string[];
  /** The keys that webhooks are signed with (`hmac.key`): the current one first, then those still valid. */
  readonly hmacKeys: readonly string[];
  /** Calls a second to one session. Default 10: none is documented. */
  readonly callsPerSecond?: number;
  /** How long one call may take, in milliseconds. Default 10,000: none is documented. */
  readonly timeoutMs?: number;
  /** For dates in `Retry-After`, and events that tell no time. Default: the system's clock. */
  readonly clock?: Clock;
}

/** The options, checked, with every default in its place. */
export interface CheckedOptions extends Required<Omit<WahaChannelOptions, 'url'>> {
  readonly url: URL;
}

/**
 * Checks the options once, so that no channel starts half-configured. Messages name the setting and never show a secret.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function checkOptions({
  url,
  apiKey,
  sessions,
  hmacKeys,
  callsPerSecond = defaultCallsPerSecond,
  timeoutMs = 10_000,
  clock = systemClock,
}: WahaChannelOptions): CheckedOptions {
  return {
    url: checkProviderUrl(url, 'WAHA_URL'),
    apiKey: requireHeaderValue(apiKey, 'WAHA_API_KEY'),
    sessions: requireSettings(sessions, 'WAHA_SESSION'),
    hmacKeys: requireSettings(hmacKeys, 'WAHA_HMAC_KEY'),
    callsPerSecond: requirePositive(callsPerSecond, 'callsPerSecond'),
    timeoutMs: requirePositive(timeoutMs, 'timeoutMs'),
    clock,
  };
}
