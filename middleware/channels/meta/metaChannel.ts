import type { WebhookChannel } from '../../ports.ts';
import { createCalls } from './calls.ts';
import { metaCapabilities } from './capabilities.ts';
import { checkOptions, type MetaChannelOptions } from './options.ts';
import { createWebhook } from './webhook.ts';

/**
 * Connects to Meta's WhatsApp Cloud API, or to the simulator, which speaks the same.
 *
 * ```ts
 * const channel = createMetaChannel({
 *   accessToken, appSecrets: [appSecret], verifyToken, phoneNumberIds: ['106540352242922'],
 * });
 * ```
 *
 * @throws BluetickError `invalid_configuration` if a secret, a token or every number is missing, or if the Graph
 * address is not https
 */
export function createMetaChannel(options: MetaChannelOptions): WebhookChannel {
  const checked = checkOptions(options);
  return {
    name: checked.name,
    businesses: checked.phoneNumberIds,
    capabilities: metaCapabilities(checked.callsPerSecond),
    webhook: createWebhook(checked),
    ...createCalls(checked),
  };
}
