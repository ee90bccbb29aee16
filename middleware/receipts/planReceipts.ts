import type { Receipt } from '../ports.ts';

/** What is to be done about the open receipts of a conversation now. */
export interface ReceiptPlan {
  /** Those that the provider takes no more. */
  readonly expired: readonly Receipt[];
  /** The one call to make: for this message, serving the others too. */
  readonly call: { readonly target: Receipt; readonly covers: readonly Receipt[] } | undefined;
}

/**
 * Decides the next call. Where a receipt covers earlier messages, the first of a burst to fall due takes the whole
 * burst along: its later messages have had their moment, and reading them one by one would only cost calls. What is
 * held, and what stands behind it, is left alone.
 *
 * @param open the open receipts, earliest message first
 */
export function planReceipts(open: readonly Receipt[], now: number): ReceiptPlan {
  const expired = open.filter(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now);
  const scheduled = open.filter(receipt => receipt.outcome === 'scheduled' && !expired.includes(receipt));
  const isDue = ({ dueAt = 0 }: Receipt) => dueAt <= now;

  const solo = scheduled.find(receipt => receipt.solo && isDue(receipt));
  if (solo !== undefined) return { expired, call: { target: solo, covers: [] } };

  const burst = scheduled.filter(receipt => !receipt.solo);
  const target = burst.at(-1);
  if (target === undefined || !burst.some(isDue)) return { expired, call: undefined };
  return { expired, call: { target, covers: burst.slice(0, -1) } };
}
