import { createHash } from 'node:crypto';
import type { ChannelEvents } from '../../middleware/domain.ts';
import { passedHeaders } from '../../middleware/forwarding/passedHeaders.ts';
import type { NewForward, RawRequest, WebhookChannel } from '../../middleware/ports.ts';

/** A webhook as a request that is passed on. */
export function forwardOf({ name }: WebhookChannel, request: RawRequest, lane: string): NewForward {
  const { headers, body } = request;
  return {
    channel: name,
    key: keyOf(request),
    lane,
    request: { headers: passedHeaders(headers), body: body.toString('base64') },
  };
}

/**
 * What makes a request one with its repeats: `I-Twilio-Idempotency-Token`. Where it has none, its address and body: a
 * message, and each status of one, has an id in them.
 */
export function keyOf({ headers, target, body }: RawRequest): string {
  const token = headers['i-twilio-idempotency-token'];
  const hash = createHash('sha256');
  if (typeof token === 'string' && token !== '') hash.update(`token\0${token}`);
  else hash.update(`body\0${target}\0`).update(body);
  return hash.digest('hex');
}

/** Whose order it keeps: the customer's, as a hash; what is nobody's has no order to keep. */
export function laneOf(events: ChannelEvents | undefined, request: RawRequest): string {
  const of = events?.messages[0] ?? events?.acknowledgements[0];
  if (of?.customer === undefined) return keyOf(request);
  return createHash('sha256').update(`${of.business}\0${of.customer}`).digest('hex');
}
