import { signBody, userIdOf } from '../../bot/simulator/envelopes.ts';
import type { Acknowledgement } from '../../middleware/domain.ts';
import { customerOf, providerIdOf, sentAt } from './ledgerFile.ts';
import { requestOf } from './load.ts';
import { benchBusiness, benchSecret, type SignedWebhook } from './samples.ts';

/** The statuses of a message, in order. */
const words = ['sent', 'delivered', 'read'] as const;
/** How many statuses each message gets. */
export const statusesEach = words.length;

/** One status of one message. */
export interface BenchStatus {
  /** Which message. */
  readonly message: number;
  readonly word: (typeof words)[number];
  readonly at: number;
}

/** The level that it tells of, as the ledger counts them: 1 sent, 2 delivered, 3 read. */
export function rankOfStatus({ word }: BenchStatus): number {
  return words.indexOf(word) + 1;
}

/** One by its number: each message has {@link statusesEach} in a row. */
export function statusAt(index: number): BenchStatus {
  const place = index % statusesEach;
  const word = words[place] as (typeof words)[number];
  return { message: Math.floor(index / statusesEach), word, at: sentAt + (place + 1) * 1000 };
}

/** All statuses of some messages, in any order. */
export function statusesOf(from: number, to: number, random: () => number): BenchStatus[] {
  const all: BenchStatus[] = [];
  for (let index = from * statusesEach; index < to * statusesEach; index += 1) all.push(statusAt(index));
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other] as BenchStatus, all[last] as BenchStatus];
  }
  return all;
}

/** As its channel parses it. */
export function acknowledgementOf({ message, word, at }: BenchStatus): Acknowledgement {
  return {
    channel: 'meta',
    business: benchBusiness,
    providerId: providerIdOf(message),
    status: word,
    means: word,
    at,
    customer: customerOf(message),
  };
}

/** A signed webhook of Meta's form with such statuses, some 1 kB for one. */
export function signedStatuses(statuses: readonly BenchStatus[]): Omit<SignedWebhook, 'ids'> {
  const items = statuses.map(({ message, word, at }) => ({
    id: providerIdOf(message),
    status: word,
    timestamp: String(at / 1000),
    recipient_id: customerOf(message),
    recipient_user_id: userIdOf(customerOf(message)),
    biz_opaque_callback_data: `k-${message}`,
    conversation: { id: `conversation-${message}`, origin: { type: 'service' } },
    pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'service' },
  }));
  const contacts = statuses.map(({ message }) => ({
    wa_id: customerOf(message),
    user_id: userIdOf(customerOf(message)),
  }));
  const metadata = { display_phone_number: '15550783881', phone_number_id: benchBusiness };
  const value = { messaging_product: 'whatsapp', metadata, contacts, statuses: items };
  const entry = [{ id: '102290129340398', changes: [{ value, field: 'messages' }] }];
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry });
  return { body, headers: { 'x-hub-signature-256': signBody(body, benchSecret) } };
}

/** The same as bytes that go over a socket. */
export function statusRequest(statuses: readonly BenchStatus[]): Buffer {
  const { body, headers } = signedStatuses(statuses);
  return requestOf('/webhooks/meta', body, headers);
}
