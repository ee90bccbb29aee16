import { z } from 'zod';
import { checkForwardUrl } from '../../middleware/forwarding/twilioForward.ts';
import { misconfigured, url } from './fields.ts';
import type { TwilioConfig } from './twilio.ts';

/** The pass-through of the number's webhook. */
export interface TwilioForwardConfig {
  /** Where its requests go. */
  readonly url: string;
  /** What signs them there: the current auth token of the account. */
  readonly authToken: string;
}

/** The setting as the environment has it. */
export const twilioForwardSettings = z.object({ TWILIO_FORWARD_URL: url });

/**
 * Reads it; `undefined`: nothing is passed on.
 *
 * @param twilio the channel, whose webhook it is
 * @throws BluetickError `invalid_configuration` where the channel is off, or where the address cannot be one or is our own
 */
export function readTwilioForward(
  { TWILIO_FORWARD_URL: address }: z.output<typeof twilioForwardSettings>,
  twilio: Pick<TwilioConfig, 'authTokens' | 'publicUrl'> | undefined,
): TwilioForwardConfig | undefined {
  if (address === undefined) return undefined;
  const [authToken] = twilio?.authTokens ?? [];
  if (twilio === undefined || authToken === undefined) {
    throw misconfigured(
      'TWILIO_FORWARD_URL',
      'TWILIO_FORWARD_URL: the channel twilio, whose webhook it passes on, is off. Set TWILIO_WHATSAPP_NUMBER too.',
    );
  }
  const checked = checkForwardUrl(address);
  if (checked.origin === new URL(twilio.publicUrl).origin) {
    throw misconfigured(
      'TWILIO_FORWARD_URL',
      'TWILIO_FORWARD_URL: it is on the host of PUBLIC_URL, so that requests would come back here.',
    );
  }
  return { url: address, authToken };
}
