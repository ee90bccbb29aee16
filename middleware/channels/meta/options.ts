import { BluetickError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { systemClock } from '../../timing/systemClock.ts';
import { checkProviderUrl } from '../checkProviderUrl.ts';
import { requireHeaderValue, requirePositive, requireSetting, requireSettings } from '../requireSetting.ts';
import { defaultCallsPerSecond } from './capabilities.ts';

/** What a connection to Meta's WhatsApp Cloud API needs. */
export interface MetaChannelOptions {
  /** Default `meta`. The simulator speaks the same API under its own name. */
  readonly name?: 'meta' | 'simulator';
  /** A token with the permission `whatsapp_business_messaging`. */
  readonly accessToken: string;
  /** The phone number ids of the business numbers that this connection serves. */
  readonly phoneNumberIds: readonly string[];
  /** The app secret that webhooks are signed with: the current one first, then those still valid. */
  readonly appSecrets: readonly string[];
  /** The token that Meta repeats when it verifies the webhook's address. */
  readonly verifyToken: string;
  /** Default `https://graph.facebook.com/v25.0`. Plain http is taken on loopback only. */
  readonly graphUrl?: string;
  /** Calls a second to one number. Default 80, Meta's default; 1000 after its upgrade, 20 in coexistence. */
  readonly callsPerSecond?: number;
  /**
   * How long one call may take, in milliseconds. Default 10,000: Meta documents no limit of its own, and a reply
   * that hangs longer is better tried again.
   */
  readonly timeoutMs?: number;
  /** Only used to read dates in `Retry-After`. Default: the system's clock. */
  readonly clock?: Clock;
}

/** The options, checked, with every default in its place. */
export interface CheckedOptions extends Required<Omit<MetaChannelOptions, 'graphUrl'>> {
  readonly graphUrl: URL;
}

/**
 * Checks the options once, so that no channel starts half-configured. Messages name the setting and never show a
 * secret.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function checkOptions({
  name = 'meta',
  accessToken,
  phoneNumberIds,
  appSecrets,
  verifyToken,
  graphUrl = 'https://graph.facebook.com/v25.0',
  callsPerSecond = defaultCallsPerSecond,
  timeoutMs = 10_000,
  clock = systemClock,
}: MetaChannelOptions): CheckedOptions {
  const checked = {
    name,
    accessToken: requireHeaderValue(accessToken, 'META_ACCESS_TOKEN'),
    phoneNumberIds: requireSettings(phoneNumberIds, 'META_PHONE_NUMBER_ID'),
    appSecrets: requireSettings(appSecrets, 'META_APP_SECRET'),
    verifyToken: requireSetting(verifyToken, 'META_VERIFY_TOKEN'),
    graphUrl: checkProviderUrl(graphUrl, 'META_GRAPH_URL'),
    callsPerSecond: requirePositive(callsPerSecond, 'callsPerSecond'),
    timeoutMs: requirePositive(timeoutMs, 'timeoutMs'),
    clock,
  };
  // Without a version in its path Graph would use the app's oldest one. A proxy's paths are its own affair.
  const { hostname, pathname } = checked.graphUrl;
  if (hostname !== 'graph.facebook.com' || /\/v\d+\.\d+$/.test(pathname)) return checked;
  throw new BluetickError('invalid_configuration', 'META_GRAPH_URL must end with a version, such as /v25.0', {
    field: 'META_GRAPH_URL',
  });
}
