import type { Webhook } from '../../ports.ts';
import { createWebhook as createGatewayWebhook } from '../linkedDevice/webhook.ts';
import { holdsSharedSecret } from '../sharedSecret.ts';
import { createDialect } from './dialect.ts';
import type { CheckedOptions } from './options.ts';

/**
 * Wawp's way in. No signature of its webhooks is documented, so a webhook proves itself by a secret that only the address
 * holds which Wawp was given.
 */
export function createWebhook({
  webhookSecrets,
  clock,
  ...names
}: Pick<CheckedOptions, 'webhookSecrets' | 'clock' | 'instanceId' | 'session'>): Webhook {
  return createGatewayWebhook({
    dialect: createDialect(names),
    clock,
    proof: 'proof',
    isProved: request => holdsSharedSecret(request, webhookSecrets),
  });
}
