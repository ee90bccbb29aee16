import type { InboundMessage } from '../../middleware/domain.ts';
import type { Admission, AdmissionBatch, AdmissionResult, Store } from '../../middleware/ports.ts';

/** When everything happens. */
export const now = 1_700_000_000_000;
export const leaseMs = 10_000;
/** How a caller that holds the lane changes receipts. */
export const lane = { now, leaseMs, end: true } as const;

/** A message of one customer to one business. */
export function message(id: string, over: Partial<InboundMessage> = {}): InboundMessage {
  const base = {
    channel: 'meta',
    business: 'b1',
    customer: '4915550001111',
    kind: 'message',
    sentAt: now,
  } as const;
  return { ...base, providerId: id, key: id, content: { type: 'text', text: 'hi' }, ...over };
}

/** An admission that owes a receipt and a turn at once. */
export function admission(inbound: InboundMessage, over: Partial<Admission> = {}): Admission {
  const receipt = { outcome: 'scheduled', dueAt: now, because: 'accepted' } as const;
  const base = {
    decidedOn: undefined,
    receipt,
    solo: false,
    expiresAt: now + 1e9,
    characters: 2,
    turn: true,
  };
  return { message: inbound, ...base, ...over };
}

/** An answer as callers may rely on it: what is not known is absent, or `undefined`. */
export function known<T>(answer: T): T {
  return JSON.parse(JSON.stringify(answer));
}

/** Room for more than any test has. */
export const room = { turn: 10, receipt: 10, outbound: 10, escalation: 10 };
/** An admission's receipt that waits for somebody. */
export const held = {
  receipt: { outcome: 'held', until: 'manual', because: 'read.when is manual' },
} as const;
/** An admission's receipt that is due later. */
export const later = (dueAt: number) =>
  ({ receipt: { outcome: 'scheduled', dueAt, because: 'delay' } }) as const;

/** What one webhook brought. */
export function batch(admissions: readonly Admission[], over: Partial<AdmissionBatch> = {}): AdmissionBatch {
  return { admissions, rejected: [], firstHolder: 'bot', now, leaseMs, ...over };
}

/** How what was set aside is tried again. */
export const replaying = {
  shared: false,
  firstHolder: 'bot',
  hooks: [],
  businesses: { meta: ['b1'] },
  now,
} as const;

/** The store under test, which each test gets empty. */
export interface StoreSuite {
  readonly store: Store;
  /** Closes and opens again, as a restart does. */
  reopen(): Promise<void>;
  admit(...admissions: Admission[]): Promise<AdmissionResult>;
  /** Message and outcome of each of a conversation's receipts, earliest first. */
  outcomes(conversation: string): Promise<(string | undefined)[][]>;
}
