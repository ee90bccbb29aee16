import type { WebhookChannel } from '../../ports.ts';
import { createCalls } from '../linkedDevice/calls.ts';
import { longestText, wawpCapabilities } from './capabilities.ts';
import { classifyFault } from './faults.ts';
import { checkOptions, type WawpChannelOptions } from './options.ts';
import { createWebhook } from './webhook.ts';

/**
 * Connects to WhatsApp through Wawp, which drives a linked device. WhatsApp does not offer this way: it may block the
 * number.
 *
 * ```ts
 * const channel = createWawpChannel({ instanceId, accessToken, webhookSecrets: [secret] });
 * ```
 *
 * @throws BluetickError `invalid_configuration` if the instance, the token or every secret is missing, or if the address is
 * not https
 */
export function createWawpChannel(options: WawpChannelOptions): WebhookChannel {
  const checked = checkOptions(options);
  const { instanceId, accessToken, apiUrl, callsPerSecond, timeoutMs, clock } = checked;
  return {
    name: 'wawp',
    businesses: [instanceId],
    capabilities: wawpCapabilities(callsPerSecond),
    webhook: createWebhook(checked),
    ...createCalls({
      provider: 'Wawp',
      url: apiUrl,
      businesses: [instanceId],
      headers: {},
      paths: {
        seen: '/v2/send/seen',
        startTyping: '/v2/send/start-typing',
        stopTyping: '/v2/send/stop-typing',
        text: '/v2/send/text',
      },
      // In the body, never in the address: addresses end up in logs.
      caller: instance => ({ instance_id: instance, access_token: accessToken }),
      textField: 'message',
      longestText,
      classify: answer => classifyFault(answer, clock.now()),
      timeoutMs,
    }),
  };
}
