import { z } from 'zod';
import { halfSet, isOff, list, misconfigured, optional, text, url } from './fields.ts';

/** The account that everything over Twilio goes by. */
export interface TwilioAccountConfig {
  readonly accountSid: string;
  /** The current one first, which makes the calls. */
  readonly authTokens: readonly string[];
  readonly apiUrl: string;
}

/** The settings of the channel `twilio`. */
export interface TwilioConfig extends TwilioAccountConfig {
  readonly numbers: readonly string[];
  readonly publicUrl: string;
  readonly messagingUrl: string;
  readonly messagingApi: 'v2' | 'v3';
  readonly compliance: 'hipaa' | 'pci' | undefined;
}

/** What the account needs: the channel has it in common with text messages and voice calls. */
const accountSettings = z.object({
  TWILIO_ACCOUNT_SID: text,
  TWILIO_AUTH_TOKEN: list,
  TWILIO_API_URL: url,
});

const channelSettings = z.object({
  TWILIO_WHATSAPP_NUMBER: list,
  TWILIO_MESSAGING_URL: url,
  TWILIO_MESSAGING_API: optional(z.enum(['v2', 'v3'])),
  TWILIO_COMPLIANCE: optional(z.enum(['hipaa', 'pci'])),
});

/** The settings as the environment has them. */
export const twilioSettings = z.object({ ...accountSettings.shape, ...channelSettings.shape });
type AccountSettings = z.output<typeof accountSettings>;

/**
 * Reads the account; `undefined`: there is none.
 *
 * @param uses the settings that turn on what the account is for, and whether one of them is there
 * @throws BluetickError `invalid_configuration` where it is half set, or there for nothing
 */
export function readTwilioAccount(
  set: AccountSettings,
  uses: { readonly names: string; readonly any: boolean },
): TwilioAccountConfig | undefined {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authTokens, TWILIO_API_URL: apiUrl } = set;
  if (isOff(accountSettings, set)) return undefined;
  const missing = [
    ...(accountSid ? [] : ['TWILIO_ACCOUNT_SID']),
    ...(authTokens ? [] : ['TWILIO_AUTH_TOKEN']),
    ...(uses.any ? [] : [uses.names]),
  ];
  if (missing.length > 0 || !accountSid || !authTokens) {
    const [field = ''] = missing[0]?.split(' ') ?? [];
    throw misconfigured(field, `Twilio: half set. Missing: ${missing.join(', ')}.`);
  }
  return { accountSid, authTokens, apiUrl: apiUrl ?? 'https://api.twilio.com' };
}

/**
 * Reads the channel; `undefined`: it is off, whatever else the account is for.
 *
 * @param publicUrl how the world reaches this host: what Twilio signs begins with it
 * @throws BluetickError `invalid_configuration` where it is half set
 */
export function readTwilio(
  set: z.output<typeof twilioSettings>,
  publicUrl: string | undefined,
): TwilioConfig | undefined {
  if (isOff(channelSettings, set)) return undefined;
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authTokens } = set;
  const { TWILIO_WHATSAPP_NUMBER: numbers } = set;
  if (!numbers || !accountSid || !authTokens || !publicUrl) {
    throw halfSet('twilio', [
      ...(numbers ? [] : ['TWILIO_WHATSAPP_NUMBER']),
      ...(accountSid ? [] : ['TWILIO_ACCOUNT_SID']),
      ...(authTokens ? [] : ['TWILIO_AUTH_TOKEN']),
      ...(publicUrl ? [] : ['PUBLIC_URL']),
    ]);
  }
  return {
    accountSid,
    authTokens,
    numbers,
    publicUrl,
    apiUrl: set.TWILIO_API_URL ?? 'https://api.twilio.com',
    messagingUrl: set.TWILIO_MESSAGING_URL ?? 'https://messaging.twilio.com',
    messagingApi: set.TWILIO_MESSAGING_API ?? 'v2',
    compliance: set.TWILIO_COMPLIANCE,
  };
}
