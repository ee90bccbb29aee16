import type { WebhookChannel } from '../../ports.ts';
import { createCalls } from '../linkedDevice/calls.ts';
import { linkedDeviceCapabilities } from '../linkedDevice/capabilities.ts';
import { classifyFault } from './faults.ts';
import { checkOptions, type WahaChannelOptions } from './options.ts';
import { createWebhook } from './webhook.ts';

/**
 * Connects to WhatsApp through a WAHA server, which drives a linked device. WhatsApp does not offer this way: it may block
 * the number.
 *
 * ```ts
 * const channel = createWahaChannel({ url, apiKey, sessions: ['default'], hmacKeys: [key] });
 * ```
 *
 * @throws BluetickError `invalid_configuration` if the key of the server, every session or every key of webhooks is missing,
 * or if the server's address is not https
 */
export function createWahaChannel(options: WahaChannelOptions): WebhookChannel {
  const checked = checkOptions(options);
  const { url, apiKey, sessions, callsPerSecond, timeoutMs, clock } = checked;
  return {
    name: 'waha',
    businesses: sessions,
    capabilities: linkedDeviceCapabilities(callsPerSecond),
    webhook: createWebhook(checked),
    ...createCalls({
      provider: 'WAHA',
      url,
      businesses: sessions,
      headers: { 'x-api-key': apiKey },
      paths: {
        seen: '/api/sendSeen',
        startTyping: '/api/startTyping',
        stopTyping: '/api/stopTyping',
        text: '/api/sendText',
      },
      caller: session => ({ session }),
      textField: 'text',
      classify: answer => classifyFault(answer, clock.now()),
      timeoutMs,
    }),
  };
}
