import { z } from 'zod';
import type { ChannelEvents } from '../../domain.ts';
import { BluetickError } from '../../errors.ts';
import type { RawRequest, Webhook } from '../../ports.ts';
import { createFirstTimes } from '../firstTimes.ts';
import { correlationParameter, statusPath } from './callbacks.ts';
import type { CheckedOptions } from './options.ts';
import { opaque, parseEvents, reparseItem } from './parseEvents.ts';
import { verifyTwilio } from './signature.ts';

/** A form of Twilio's has a text of at most some thousand characters, and some sixty short fields. */
const bodyLimit = 256 * 1024;

/** A whole webhook that was set aside by whoever kept it for later. */
const keptWhole = z.looseObject({
  headers: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
  body: z.base64(),
  receivedAt: z.int(),
});

/**
 * Twilio's way in: one signed form a webhook, an inbound message or a status. Both may come to either address: they are told
 * apart by their fields.
 */
export function createWebhook({ accountSid, authTokens, publicUrl, clock }: CheckedOptions): Webhook {
  // Twilio gives no times, so what it tells has the time at which it came: a retry with another would be another event.
  const arrivals = createFirstTimes();
  const parse = (body: Buffer, request?: Parameters<Webhook['parse']>[1]): ChannelEvents => {
    const correlation = request?.query[correlationParameter];
    const header = request?.headers['i-twilio-idempotency-token'];
    const token = typeof header === 'string' && opaque.test(header) ? header : undefined;
    const now = request?.receivedAt ?? clock.now();
    return parseEvents(body, {
      accountSid,
      now: token === undefined ? now : arrivals.of(token, now),
      ...(correlation !== undefined && { correlation }),
      ...(token !== undefined && { token }),
    });
  };
  return {
    bodyLimit,
    otherPaths: [statusPath],
    authenticate({ target, headers, body }: RawRequest) {
      const signature = headers['x-twilio-signature'];
      if (verifyTwilio({ url: publicUrl + target, body, signature }, authTokens)) return;
      throw new BluetickError('unauthorized', 'The signature is missing or wrong');
    },
    parse,
    reread(item) {
      const { data: whole } = keptWhole.safeParse(item);
      return whole ? parse(Buffer.from(whole.body, 'base64'), whole) : reparseItem(item, accountSid);
    },
  };
}
