import { requireSetting } from '../../channels/requireSetting.ts';
import { createTwilioApi } from '../../channels/twilio/api.ts';
import { numberOf, textOf } from './callParts.ts';
import type { TwilioOptions } from './twilioOptions.ts';
import type { EscalationWayOut } from './way.ts';

/** The longest `Body`, in characters. */
const textLimit = 1600;

/**
 * Sends text messages over Twilio. It has no idempotency key for them: a repeat may be a second message.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function createTwilioSms({ from, ...options }: TwilioOptions): EscalationWayOut {
  const sender = requireSetting(from, 'SMS_FROM');
  const api = createTwilioApi(options);
  const by: Record<string, string> = /^MG[0-9a-f]{32}$/i.test(sender)
    ? { MessagingServiceSid: sender }
    : { From: sender };
  return {
    type: 'sms',
    idempotent: false,
    send: async (call, signal) =>
      api.create('Messages', { To: numberOf(call), ...by, Body: textOf(call, textLimit) }, signal),
    close: api.close,
  };
}
