import type { WebhookChannel } from '../../ports.ts';
import { createCalls } from './calls.ts';
import { acsCapabilities } from './capabilities.ts';
import { type AcsChannelOptions, checkOptions } from './options.ts';
import { createWebhook } from './webhook.ts';

/**
 * Connects to WhatsApp through Azure Communication Services Advanced Messaging: calls over Azure's SDK, webhooks from
 * Event Grid. Marking read is a preview of Azure's.
 *
 * ```ts
 * const channel = createAcsChannel({
 *   connectionString, channelIds: ['0f0eb78e-a576-1dfc-b414-0f0756de3338'], webhookSecrets: [secret],
 * });
 * ```
 *
 * @throws BluetickError `invalid_configuration` if the resource, every channel id, or the webhook's proof is missing, or
 * if the resource's address is not https
 */
export function createAcsChannel(options: AcsChannelOptions): WebhookChannel {
  const checked = checkOptions(options);
  return {
    name: 'acs',
    businesses: checked.channelIds,
    capabilities: acsCapabilities(checked.callsPerSecond),
    webhook: createWebhook(checked),
    ...createCalls(checked),
  };
}
