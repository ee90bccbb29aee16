import type { InboundMessage } from '../../../middleware/domain.ts';
import type { AdmissionBatch } from '../../../middleware/ports.ts';

const now = 1_700_000_000_000;
const leaseMs = 10_000;

/** A batch of one message for each id, each of a customer of its own. */
export function batchOf(...items: (string | (Partial<InboundMessage> & { key: string }))[]): AdmissionBatch {
  const admissions = items.map(item => {
    const over = typeof item === 'string' ? { key: item } : item;
    const base = { channel: 'meta', business: 'b1', kind: 'message', sentAt: now } as const;
    const message = {
      ...base,
      customer: `of ${over.key}`,
      providerId: over.key,
      content: { type: 'text', text: 'hi' },
      ...over,
    };
    return {
      message,
      decidedOn: undefined,
      receipt: { outcome: 'scheduled', dueAt: now, because: 'accepted' },
      solo: false,
      expiresAt: undefined,
      characters: 2,
      turn: true,
    } as const;
  });
  return { admissions, rejected: [], firstHolder: 'bot', now, leaseMs };
}

/** The conversation of the message with that id. */
export const addressOf = (key: string) =>
  ({ channel: 'meta', business: 'b1', customer: `of ${key}` }) as const;

/** A text to a customer. */
export const outboundTo = (conversation: string) => ({
  conversation,
  content: { type: 'text', text: 'hi' } as const,
  correlation: 'k',
  now,
  leaseMs,
});
