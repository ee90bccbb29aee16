import { z } from 'zod';
import { createHookAllowList } from '../../middleware/acknowledgements/hooks/allowList.ts';
import { type AcsResource, type acsSettings, readAcsResource } from './acs.ts';
import { list, misconfigured, text } from './fields.ts';
import { readTwilioAccount, type twilioSettings } from './twilio.ts';

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

/** The settings as the environment has them. The resource of ACS and the account at Twilio are among the channels'. */
export const waysSettings = z.object({
  SMS_FROM: text,
  VOICE_FROM: text,
  BLUETICK_ALLOWED_HOOKS: list,
  BLUETICK_HOOK_SECRET: list,
  BLUETICK_HOOKS: list,
});
type Settings = z.output<typeof waysSettings> &
  Pick<z.output<typeof acsSettings>, 'ACS_CONNECTION_STRING' | 'ACS_ENDPOINT'> &
  Pick<
    z.output<typeof twilioSettings>,
    'TWILIO_ACCOUNT_SID' | 'TWILIO_AUTH_TOKEN' | 'TWILIO_API_URL' | 'TWILIO_WHATSAPP_NUMBER'
  >;

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
  const account = readTwilioAccount(set, {
    names: 'SMS_FROM or VOICE_FROM or TWILIO_WHATSAPP_NUMBER',
    any: (set.SMS_FROM ?? set.VOICE_FROM ?? set.TWILIO_WHATSAPP_NUMBER) !== undefined,
  });
  if (account === undefined) return undefined;
  const { accountSid, authTokens, apiUrl } = account;
  return { accountSid, authToken: String(authTokens[0]), apiUrl };
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
