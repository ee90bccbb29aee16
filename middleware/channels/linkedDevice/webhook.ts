import { BluetickError } from '../../errors.ts';
import type { Clock, RawRequest, Webhook } from '../../ports.ts';
import { type Dialect, parseEvents, readItem } from './parseEvents.ts';

/** The largest webhook that is read, in bytes. No size is documented; an event is one message, its files left out. */
const bodyLimit = 256 * 1024;

/** What two gateways of one shape differ in, when they tell of an event. */
export interface GatewayWebhook {
  readonly dialect: Dialect;
  /** For an event that tells no time. */
  readonly clock: Clock;
  /** What a webhook proves itself by, as a refusal calls it. */
  readonly proof: 'signature' | 'proof';
  isProved(request: RawRequest): boolean;
}

/** A gateway's way in: one event a webhook. */
export function createWebhook({ dialect, clock, proof, isProved }: GatewayWebhook): Webhook {
  return {
    bodyLimit,
    authenticate(request) {
      if (isProved(request)) return;
      throw new BluetickError('unauthorized', `The ${proof} is missing or wrong`);
    },
    parse: body => parseEvents(body, dialect, clock.now()),
    // Each event stands alone.
    reread: item => readItem(item, dialect, clock.now()),
  };
}
