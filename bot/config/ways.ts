import { z } from 'zod';
import { createHookAllowList } from '../../middleware/acknowledgements/hooks/allowList.ts';
import { type AcsResource, type acsSettings, readAcsResource } from './acs.ts';
import { list, misconfigured, text, url } from './fields.ts';

/** The account that calls and text messages go out by. */
interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
  readonly apiUrl: string;
}

/** Text messages, over the one or the other. */
export type SmsConfig =
  | ({ readonly over: 'acs'; readonly from: string } & AcsResource)
  | ({ readonly over: 'twilio'; readonly from: string } & TwilioAccount);

/** Voice calls. */
export interface VoiceConfig extends TwilioAccount {
  readonly from: string;
}

/** Signed web hooks. */
export interface HooksConfig {
  readonly secrets: readonly string[];
  /** Where they may go. */
  readonly allowed: readonly string[];
  /** The addresses that are told of everything. */
  readonly told: readonly string[];
}

/** The ways out of an escalation that are on; web hooks also tell of everything else. */
export interface WaysConfig {
  readonly sms: SmsConfig | undefined;
  readonly voice: VoiceConfig | undefined;
  readonly hooks: HooksConfig | undefined;
}

/** The settings as the environment has them. The resource of ACS is among the channel's. */
export const waysSettings = z.object({
  SMS_FROM: text,
  VOICE_FROM: text,
  TWILIO_ACCOUNT_SID: text,
  TWILIO_AUTH_TOKEN: text,
  TWILIO_API_URL: url,
  BLUETICK_ALLOWED_HOOKS: list,
  BLUETICK_HOOK_SECRET: list,
  BLUETICK_HOOKS: list,
});
type Settings = z.output<typeof waysSettings> &
  Pick<z.output<typeof acsSettings>, 'ACS_CONNECTION_STRING' | 'ACS_ENDPOINT'>;

/**
 * Reads them: each way is on where its settings are there.
 *
 * @throws BluetickError `invalid_configuration` where one is half set
 */
export function readWays(set: Settings): WaysConfig {
  const { SMS_FROM: smsFrom, VOICE_FROM: voiceFrom } = set;
  const twilio = readTwilio(set);
  const acs = smsFrom === undefined ? undefined : readAcsResource(set);
  const sms = acs ? ({ over: 'acs', ...acs } as const) : twilio && ({ over: 'twilio', ...twilio } as const);
  if (smsFrom !== undefined && sms === undefined) {
    throw halfSetWay('Text messages', [`${twilioNames}, or ACS_CONNECTION_STRING or ACS_ENDPOINT`]);
  }
  if (voiceFrom !== undefined && twilio === undefined) throw halfSetWay('Voice calls', [twilioNames]);
  return {
    sms: smsFrom === undefined || sms === undefined ? undefined : { ...sms, from: smsFrom },
    voice: voiceFrom === undefined || twilio === undefined ? undefined : { ...twilio, from: voiceFrom },
    hooks: readHooks(set),
  };
}

const twilioNames = 'TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN';

function readTwilio(set: Settings): TwilioAccount | undefined {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_API_URL: apiUrl } = set;
  if (!accountSid && !authToken && !apiUrl) return undefined;
  const missing = [
    ...(accountSid ? [] : ['TWILIO_ACCOUNT_SID']),
    ...(authToken ? [] : ['TWILIO_AUTH_TOKEN']),
    ...(set.SMS_FROM || set.VOICE_FROM ? [] : ['SMS_FROM or VOICE_FROM']),
  ];
  if (missing.length > 0 || !accountSid || !authToken) throw halfSetWay('Twilio', missing);
  return { accountSid, authToken, apiUrl: apiUrl ?? 'https://api.twilio.com' };
}

function readHooks(set: Settings): HooksConfig | undefined {
  const { BLUETICK_ALLOWED_HOOKS: allowed, BLUETICK_HOOK_SECRET: secrets, BLUETICK_HOOKS: told = [] } = set;
  if (!allowed && !secrets && told.length === 0) return undefined;
  if (!allowed || !secrets) {
    throw halfSetWay('Web hooks', [
      ...(allowed ? [] : ['BLUETICK_ALLOWED_HOOKS']),
      ...(secrets ? [] : ['BLUETICK_HOOK_SECRET']),
    ]);
  }
  const list = createHookAllowList(allowed);
  if (told.some(address => list.find(address) === undefined)) {
    throw misconfigured(
      'BLUETICK_HOOKS',
      'BLUETICK_HOOKS: it holds an address that BLUETICK_ALLOWED_HOOKS does not allow.',
    );
  }
  return { secrets, allowed, told };
}

/** @param missing settings, or choices of settings; the first word of the first is the field at fault */
function halfSetWay(what: string, missing: readonly string[]) {
  const [field = ''] = missing[0]?.split(' ') ?? [];
  return misconfigured(field, `${what}: half set. Missing: ${missing.join(', ')}.`);
}
