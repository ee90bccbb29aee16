import { BluetickError } from '../../errors.ts';
import type { RawRequest, Webhook } from '../../ports.ts';
import { sameSecret } from '../sameSecret.ts';
import type { CheckedOptions } from './options.ts';
import { envelopeOf, parseEvents } from './parseEvents.ts';
import { verifyHubSignature } from './signature.ts';

/** Meta's webhooks hold up to 3 MB (META-WEBHOOKS); one more for what they may grow to. */
const bodyLimit = 4 * 1024 * 1024;

/** Meta's way in: a signed batch of updates, and a challenge when the address is registered (META-ENDPOINT). */
export function createWebhook({
  name,
  appSecrets,
  verifyToken,
}: Pick<CheckedOptions, 'name' | 'appSecrets' | 'verifyToken'>): Webhook {
  return {
    bodyLimit,
    authenticate({ body, headers }: RawRequest) {
      if (verifyHubSignature(body, headers['x-hub-signature-256'], appSecrets)) return;
      throw new BluetickError('unauthorized', 'The signature is missing or wrong');
    },
    challenge(query) {
      const known = sameSecret(query['hub.verify_token'] ?? '', verifyToken);
      if (!known || query['hub.mode'] !== 'subscribe') {
        throw new BluetickError('forbidden', 'The verify token is missing or wrong');
      }
      const challenge = query['hub.challenge'];
      if (challenge === undefined || challenge === '') {
        throw new BluetickError('invalid_request', 'hub.challenge is missing', { field: 'hub.challenge' });
      }
      return challenge;
    },
    parse: body => parseEvents(body, name),
    reread: item => parseEvents(envelopeOf(item), name),
  };
}
