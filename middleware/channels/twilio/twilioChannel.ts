import type { WebhookChannel } from '../../ports.ts';
import { createCalls } from './calls.ts';
import { twilioCapabilities } from './capabilities.ts';
import { checkOptions, type TwilioChannelOptions } from './options.ts';
import { createWebhook } from './webhook.ts';

/**
 * Connects to WhatsApp over Twilio. The business of a conversation is the number in digits, `14155238886`.
 *
 * ```ts
 * const channel = createTwilioChannel({
 *   accountSid, authTokens: [authToken], numbers: ['+14155238886'], publicUrl: 'https://bot.example.com',
 * });
 * ```
 *
 * @throws BluetickError `invalid_configuration` if the account, its token, every number or the public address is missing or
 * malformed, or if an address of Twilio's is not https
 */
export function createTwilioChannel(options: TwilioChannelOptions): WebhookChannel {
  const checked = checkOptions(options);
  return {
    name: 'twilio',
    businesses: checked.numbers,
    capabilities: twilioCapabilities(checked),
    webhook: createWebhook(checked),
    ...createCalls(checked),
  };
}
