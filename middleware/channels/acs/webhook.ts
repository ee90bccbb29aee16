import { BluetickError, isBluetickError } from '../../errors.ts';
import type { RawRequest, Webhook } from '../../ports.ts';
import { createEntraTokenCheck } from '../entraToken.ts';
import { holdsSharedSecret } from '../sharedSecret.ts';
import type { CheckedOptions } from './options.ts';
import { parseEvents } from './parseEvents.ts';
import { answerPreflight, answerValidation } from './subscription.ts';

/** Event Grid batches up to 1024 KB (EG-RETRY): twice that leaves room. */
const bodyLimit = 2 * 1024 * 1024;

/**
 * Event Grid's way in. It signs no bodies: a delivery proves itself by a secret that only the subscription knows, by a
 * token of Entra ID, or by both (EG-SEC).
 */
export function createWebhook({
  webhookSecrets,
  webhookToken,
  timeoutMs,
  clock,
}: Pick<CheckedOptions, 'webhookSecrets' | 'webhookToken' | 'timeoutMs' | 'clock'>): Webhook {
  const checkToken = webhookToken && createEntraTokenCheck(webhookToken, { timeoutMs, clock });
  return {
    bodyLimit,
    async authenticate(request: RawRequest) {
      // Without a token to ask for there is a secret, and an empty list of them is refused.
      const asksForSecret = checkToken === undefined || webhookSecrets.length > 0;
      if (asksForSecret && !holdsSharedSecret(request, webhookSecrets)) throw refused();
      try {
        await checkToken?.(request.headers.authorization);
      } catch (error) {
        throw isBluetickError(error) && error.code === 'unauthorized' ? refused() : error;
      }
    },
    handshake: answerValidation,
    preflight: answerPreflight,
    parse: parseEvents,
    // Each event stands alone.
    reread: item => parseEvents(Buffer.from(JSON.stringify([item]))),
  };
}

/** In one wording: which of two proofs is missing would tell who guesses at one that it is right. */
function refused(): BluetickError {
  return new BluetickError('unauthorized', 'The proof is missing or wrong');
}
