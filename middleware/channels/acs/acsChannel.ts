import type { WebhookChannel } from '../../ports.ts';
import { requirePackage } from '../requirePackage.ts';
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
 * if the resource's address is not https, or if Azure's package is not installed: `@azure-rest/communication-messages`, and
 * with a managed identity `@azure/identity`
 */
export function createAcsChannel(options: AcsChannelOptions): WebhookChannel {
  const checked = checkOptions(options);
  requirePackage('@azure-rest/communication-messages', 'The channel acs');
  if ('credential' in checked.proof && checked.proof.credential === undefined)
    requirePackage('@azure/identity', 'The channel acs without a connection string');
  return {
    name: 'acs',
    businesses: checked.channelIds,
    capabilities: acsCapabilities(checked.callsPerSecond),
    webhook: createWebhook(checked),
    ...createCalls(checked),
  };
}
