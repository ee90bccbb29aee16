import type { Moment } from '../domain.ts';

/** An open receipt, as far as the bar goes. Solo receipts take no part: leave them out. */
export interface BarredReceipt {
  readonly ref: string;
  readonly outcome: 'scheduled' | 'held';
  /** The moment that a held receipt waits for; absent when only the bar keeps it back. */
  readonly until?: Moment | undefined;
}

/** Why a receipt stands behind the bar. */
export const behindBar =
  'an earlier message of the conversation is held, and reading this one would read it too';

/** Why a receipt came free again. */
export const barLifted = 'its moment has come, and no earlier message is held any more';

/**
 * A held message is a bar on channels where a receipt covers earlier messages: nothing after it can be read
 * without reading it. Answers what has to change so that this holds: what is scheduled behind a bar becomes held,
 * and what only a bar kept back becomes scheduled when the bar is gone.
 *
 * @param receipts the conversation's open receipts, earliest message first
 */
export function applyHoldBar(
  receipts: readonly BarredReceipt[],
): readonly { readonly ref: string; readonly outcome: 'scheduled' | 'held' }[] {
  const changes: { ref: string; outcome: 'scheduled' | 'held' }[] = [];
  let barred = false;
  for (const { ref, outcome, until } of receipts) {
    const heldByItself = outcome === 'held' && until !== undefined;
    if (heldByItself) barred = true;
    else if (barred && outcome === 'scheduled') changes.push({ ref, outcome: 'held' });
    else if (!barred && outcome === 'held') changes.push({ ref, outcome: 'scheduled' });
  }
  return changes;
}
