import { messageEnvelope, signBody, userIdOf } from '../../bot/simulator/envelopes.ts';
import { requestOf } from './load.ts';

/** The business number of the benchmarks. */
export const benchBusiness = '106540352242922';
/** So many of our numbers. */
export function benchBusinesses(count: number): string[] {
  return Array.from({ length: count }, (_, number) => String(106_540_352_242_900 + number));
}

/** What their webhooks are signed with. */
export const benchSecret = 'bench-secret';

/** Customers that write, at random. */
const customers = 20_000;

/** A source of numbers from 0 up to 1 that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The body of a webhook, and what proves whose it is. */
export interface SignedWebhook {
  /** The ids of its messages. */
  readonly ids: readonly string[];
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A signed webhook of one customer, whose messages have random ids: it is the first time that they come.
 *
 * @param messages how many it holds
 * @param business to which of our numbers they were sent
 */
export function signedWebhook(
  messages: number,
  random: () => number,
  business = benchBusiness,
): SignedWebhook {
  const hex = () =>
    Math.floor(random() * 0xffffffff)
      .toString(16)
      .padStart(8, '0');
  const number = `49155${String(Math.floor(random() * customers)).padStart(8, '0')}`;
  const ids = Array.from(
    { length: messages },
    () => `wamid.HBgN${hex()}${hex()}${hex()}${hex()}${hex()}AA==`,
  );
  const items = ids.map(id => ({
    id,
    at: Date.now(),
    type: 'text',
    parts: { text: { body: 'Is my bicycle ready? I would come by this afternoon, if that suits you.' } },
  }));
  const customer = { number, userId: userIdOf(number), name: 'Ann' };
  const body = JSON.stringify(messageEnvelope(business, customer, items));
  return { ids, body, headers: { 'x-hub-signature-256': signBody(body, benchSecret) } };
}

/** Such webhooks as bytes that go over a socket, to our numbers at random. */
export function signedRequests(
  count: number,
  messages: number,
  random: () => number,
  businesses: readonly string[] = [benchBusiness],
): Buffer[] {
  return Array.from({ length: count }, () => {
    const business = businesses[Math.floor(random() * businesses.length)];
    const { body, headers } = signedWebhook(messages, random, business);
    return requestOf('/webhooks/meta', body, headers);
  });
}
