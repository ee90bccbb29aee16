import { BluetickError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { systemClock } from '../../timing/systemClock.ts';
import { checkProviderUrl } from '../checkProviderUrl.ts';
import { requirePositive, requireSettings } from '../requireSetting.ts';
import { readEnd } from './address.ts';
import { basicAuth, type TwilioAccount } from './api.ts';
import { defaultCallsPerSecond } from './capabilities.ts';

/** What a connection to WhatsApp over Twilio needs. */
export interface TwilioChannelOptions {
  /** `AC…`: the account that the numbers belong to. Events that name another change nothing. */
  readonly accountSid: string;
  /**
   * The account's auth tokens: the current one first, which makes the calls, then those that webhooks may still be signed
   * with. The secret of an API key signs nothing at Twilio.
   */
  readonly authTokens: readonly string[];
  /** The WhatsApp numbers that this connection serves, with the country's code: `+14155238886`, the plus may be left out. */
  readonly numbers: readonly string[];
  /**
   * How Twilio reaches this host, such as `https://bot.example.com`: it signs the address that it calls, and is told there
   * what becomes of messages. No host name with an underscore: Twilio calls none.
   */
  readonly publicUrl: string;
  /** Default `https://api.twilio.com`. Plain http is taken on loopback only. */
  readonly apiUrl?: string;
  /** Where the typing indicator is. Default `https://messaging.twilio.com`. Plain http is taken on loopback only. */
  readonly messagingUrl?: string;
  /**
   * The version of the typing indicator. Default `v2`, a public beta, which Twilio's page describes; `v3` is in its
   * specification and library only.
   */
  readonly messagingApi?: 'v2' | 'v3';
  /** Set where messages are under HIPAA or PCI: the typing indicator is never called then. Default neither. */
  readonly compliance?: 'hipaa' | 'pci' | undefined;
  /** Calls a second to one number. Default 80, Twilio's; up to 400 on request. */
  readonly callsPerSecond?: number;
  /**
   * How long one call may take, in milliseconds, and how long a download may be silent. Default 10,000: a reply that hangs
   * longer is better tried again.
   */
  readonly timeoutMs?: number;
  /** For the time of what Twilio tells without one, and dates in `Retry-After`. Default: the system's clock. */
  readonly clock?: Clock;
}

/** The options, checked, with every default in its place. */
export interface CheckedOptions
  extends Required<Omit<TwilioChannelOptions, 'apiUrl' | 'messagingUrl' | 'compliance'>> {
  readonly compliance: TwilioChannelOptions['compliance'];
  readonly apiUrl: URL;
  readonly messagingUrl: URL;
  /** The account as the REST client takes it. */
  readonly account: TwilioAccount;
  /** The header of every call. */
  readonly authorization: string;
}

/**
 * Checks the options once, so that no channel starts half-configured. Messages name the setting and never show a secret.
 * The numbers come out in digits.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function checkOptions({
  accountSid,
  authTokens,
  numbers,
  publicUrl,
  apiUrl = 'https://api.twilio.com',
  messagingUrl = 'https://messaging.twilio.com',
  messagingApi = 'v2',
  compliance,
  callsPerSecond = defaultCallsPerSecond,
  timeoutMs = 10_000,
  clock = systemClock,
}: TwilioChannelOptions): CheckedOptions {
  const tokens = requireSettings(authTokens, 'TWILIO_AUTH_TOKEN');
  const authToken = String(tokens[0]);
  return {
    accountSid,
    authorization: basicAuth(accountSid, authToken),
    authTokens: tokens,
    numbers: requireSettings(numbers, 'TWILIO_WHATSAPP_NUMBER').map(digitsOf),
    publicUrl: checkPublicUrl(publicUrl),
    apiUrl: checkProviderUrl(apiUrl, 'TWILIO_API_URL'),
    messagingUrl: checkProviderUrl(messagingUrl, 'TWILIO_MESSAGING_URL'),
    messagingApi,
    compliance,
    callsPerSecond: requirePositive(callsPerSecond, 'callsPerSecond'),
    timeoutMs: requirePositive(timeoutMs, 'timeoutMs'),
    clock,
    account: { accountSid, authToken, apiUrl, timeoutMs, clock },
  };
}

function digitsOf(number: string): string {
  const end = readEnd(number.startsWith('whatsapp:') ? number : `whatsapp:${number}`);
  if (/^[1-9]\d{4,14}$/.test(end)) return end;
  const field = 'TWILIO_WHATSAPP_NUMBER';
  throw new BluetickError(
    'invalid_configuration',
    `${field} must hold numbers with the country’s code, 5 to 15 digits, such as +14155238886`,
    { field },
  );
}

/** Twilio's rule for host names is of its page on status callbacks (TW-STATUS). */
function checkPublicUrl(text: string): string {
  const field = 'PUBLIC_URL';
  const refuse = (why: string) => new BluetickError('invalid_configuration', `${field} ${why}`, { field });
  if (!URL.canParse(text)) throw refuse('must be an absolute address, such as https://host/path');
  const { protocol, hostname, search, hash } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') throw refuse('must be https, or http');
  if (search !== '' || hash !== '') throw refuse('must not hold a query or a fragment');
  if (hostname.includes('_')) throw refuse('must have no underscore in its host: Twilio calls none with one');
  return text.replace(/\/+$/, '');
}
