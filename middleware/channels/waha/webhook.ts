import { BluetickError } from '../../errors.ts';
import type { Webhook } from '../../ports.ts';
import { webhookBodyLimit } from '../linkedDevice/bodyLimit.ts';
import { type Dialect, parseEvents } from '../linkedDevice/parseEvents.ts';
import type { CheckedOptions } from './options.ts';
import { verifyWebhookHmac } from './signature.ts';

/** An event names its session, which is the business. */
const dialect: Dialect = { channel: 'waha', businessOf: ({ session }) => session };

/** WAHA's way in: one signed event a webhook (WAHA-DOCS, webhooks). */
export function createWebhook({ hmacKeys, clock }: Pick<CheckedOptions, 'hmacKeys' | 'clock'>): Webhook {
  return {
    bodyLimit: webhookBodyLimit,
    authenticate({ body, headers }) {
      if (verifyWebhookHmac(body, headers['x-webhook-hmac'], hmacKeys)) return;
      throw new BluetickError('unauthorized', 'The signature is missing or wrong');
    },
    parse: body => parseEvents(body, dialect, clock.now()),
    // Each event stands alone.
    reread: item => parseEvents(Buffer.from(JSON.stringify(item)), dialect, clock.now()),
  };
}
