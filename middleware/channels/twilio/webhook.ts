import { BluetickError } from '../../errors.ts';
import type { RawRequest, Webhook } from '../../ports.ts';
import { rememberArrivals } from './firstArrivals.ts';
import type { CheckedOptions } from './options.ts';
import { parseEvents, reparseItem } from './parseEvents.ts';
import { correlationParameter, statusPath } from './sendForm.ts';
import { verifyTwilio } from './signature.ts';

/** A form of Twilio's has a text of at most some thousand characters, and some sixty short fields. */
const bodyLimit = 256 * 1024;

/**
 * Twilio's way in: one signed form a webhook, an inbound message or a status. Both may come to either address: they are told
 * apart by their fields.
 */
export function createWebhook({ accountSid, authTokens, publicUrl, clock }: CheckedOptions): Webhook {
  const firstArrival = rememberArrivals();
  return {
    bodyLimit,
    otherPaths: [statusPath],
    authenticate({ target, headers, body }: RawRequest) {
      const signature = headers['x-twilio-signature'];
      if (verifyTwilio({ url: publicUrl + target, body, signature }, authTokens)) return;
      throw new BluetickError('unauthorized', 'The signature is missing or wrong');
    },
    parse(body, request) {
      const correlation = request?.query[correlationParameter];
      const token = request?.headers['i-twilio-idempotency-token'];
      const now = request?.receivedAt ?? clock.now();
      return parseEvents(body, {
        accountSid,
        now: typeof token === 'string' ? firstArrival(token, now) : now,
        ...(correlation !== undefined && { correlation }),
        ...(typeof token === 'string' && { token }),
      });
    },
    reread: item => reparseItem(item, accountSid),
  };
}
