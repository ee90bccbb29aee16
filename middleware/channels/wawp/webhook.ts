import { BluetickError } from '../../errors.ts';
import type { Webhook } from '../../ports.ts';
import { webhookBodyLimit } from '../linkedDevice/bodyLimit.ts';
import { parseEvents } from '../linkedDevice/parseEvents.ts';
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
  const dialect = createDialect(names);
  return {
    bodyLimit: webhookBodyLimit,
    authenticate(request) {
      if (holdsSharedSecret(request, webhookSecrets)) return;
      throw new BluetickError('unauthorized', 'The proof is missing or wrong');
    },
    parse: body => parseEvents(body, dialect, clock.now()),
    // Each event stands alone.
    reread: item => parseEvents(Buffer.from(JSON.stringify(item)), dialect, clock.now()),
  };
}
