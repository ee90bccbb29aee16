import { requireSetting } from '../../channels/requireSetting.ts';
import { createTwilioApi } from '../../channels/twilio/api.ts';
import { numberOf, textOf } from './callParts.ts';
import type { TwilioOptions } from './twilioOptions.ts';
import type { EscalationCall, EscalationWayOut } from './way.ts';

/** The longest `Twiml`: "Max 4000 characters" (twilio 6.2.0, lib/rest/api/v2010/account/call.d.ts). */
const twimlLimit = 4000;

/**
 * Calls by Twilio, and reads the text aloud. It has no idempotency key: a repeat may be a second call.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function createTwilioCall({ from, ...options }: TwilioOptions): EscalationWayOut {
  const caller = requireSetting(from, 'VOICE_FROM');
  const api = createTwilioApi(options);
  return {
    type: 'voice',
    idempotent: false,
    send: async (call, signal) =>
      api.create('Calls', { To: numberOf(call), From: caller, Twiml: twimlOf(call) }, signal),
    close: api.close,
  };
}

/**
 * What Twilio is to say, in its own language. Without a language it reads in its default.
 *
 * @throws ProviderError `no_text`
 */
export function twimlOf(call: EscalationCall): string {
  const { language } = call;
  const begin =
    language === undefined ? '<Response><Say>' : `<Response><Say language="${escapeXml(language)}">`;
  const end = '</Say></Response>';
  const text = textOf(call, twimlLimit - begin.length - end.length, c => escapeXml(c).length);
  return begin + escapeXml(text) + end;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What XML 1.0 does not allow, escaped or not (Char, 2.2), becomes a blank. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, ' ')
    .replace(/[&<>"']/g, character => entities[character] ?? '');
}
