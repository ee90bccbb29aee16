import type { Webhook } from '../../ports.ts';
import type { Dialect } from '../linkedDevice/parseEvents.ts';
import { createWebhook as createGatewayWebhook } from '../linkedDevice/webhook.ts';
import type { CheckedOptions } from './options.ts';
import { verifyWebhookHmac } from './signature.ts';

/** An event names its session, which is the business. */
const dialect: Dialect = { channel: 'waha', businessOf: ({ session }) => session };

/** WAHA's way in: one signed event a webhook (WAHA-DOCS, webhooks). */
export function createWebhook({ hmacKeys, clock }: Pick<CheckedOptions, 'hmacKeys' | 'clock'>): Webhook {
  return createGatewayWebhook({
    dialect,
    clock,
    proof: 'signature',
    isProved: ({ body, headers }) => verifyWebhookHmac(body, headers['x-webhook-hmac'], hmacKeys),
  });
}
