import { z } from 'zod';
import { BluetickError } from '../../errors.ts';
import type { RawRequest } from '../../ports.ts';
import { eventsOf } from './parseEvents.ts';
import { readEvent } from './readEvent.ts';

const validationEvent = 'Microsoft.EventGrid.SubscriptionValidationEvent';

const validation = z.looseObject({ validationCode: z.string().min(1).max(512) });

/**
 * Answers Event Grid when a subscription is made (EG-VALID): the code comes back. The address in the event, which would do
 * the same by hand, is never called: a webhook does not tell us whom to call.
 *
 * @returns the JSON to answer with, or `undefined` where the body is an ordinary webhook
 * @throws BluetickError `invalid_request` if the event holds no code
 */
export function answerValidation(body: Buffer): object | undefined {
  if (!body.includes(validationEvent)) return undefined;
  const [event] = eventsOf(body).map(readEvent);
  if (event === undefined || 'reason' in event || event.item.type !== validationEvent) return undefined;
  const read = validation.safeParse(event.item.data);
  if (!read.success) {
    throw new BluetickError('invalid_request', 'The subscription’s validation holds no code', {
      field: 'data.validationCode',
    });
  }
  return { validationResponse: read.data.validationCode };
}

/** What an origin may be made of: the host name of a sender, or anything that a header holds in one word. */
const origin = /^[\x21-\x7e]{1,256}$/;

/**
 * Answers a sender of CloudEvents that asks whether it may deliver here (EG-CE): the origin that asks may, as often as it
 * likes. That says nothing of what it delivers, which is authenticated each time.
 *
 * @throws BluetickError `invalid_request` if no origin is named
 */
export function answerPreflight(headers: RawRequest['headers']): Readonly<Record<string, string>> {
  const asked = headers['webhook-request-origin'];
  if (typeof asked !== 'string' || !origin.test(asked)) {
    throw new BluetickError('invalid_request', 'WebHook-Request-Origin is missing or malformed');
  }
  return { Allow: 'POST', 'WebHook-Allowed-Origin': asked, 'WebHook-Allowed-Rate': '*' };
}
