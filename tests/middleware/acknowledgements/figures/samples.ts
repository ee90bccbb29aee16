import { nothingReported } from '../../../../middleware/acknowledgements/fold.ts';
import type { Conversation } from '../../../../middleware/domain.ts';
import type { FigureCount, LedgerMove, LedgerState } from '../../../../middleware/ports.ts';

/** When everything happens: the beginning of an hour. */
export const hour = Date.UTC(2026, 10, 22, 12);

/** A conversation of business `b1` on `meta`. */
export const conversation: Conversation = {
  id: 'c_1',
  channel: 'meta',
  business: 'b1',
  customer: '4915550001111',
  holder: 'bot',
  version: 0,
  windowFrom: 0,
};

/** What is known of a message of which this is known. */
export function state(over: Partial<LedgerState>): LedgerState {
  return { ...nothingReported, ...over };
}

/** A message of ours, taken by the provider a second after the hour, of which this became known. */
export function move(after: Partial<LedgerState>, over: Partial<LedgerMove> = {}): LedgerMove {
  return {
    ref: 'o1',
    conversation,
    origin: 'own',
    acceptedAt: hour + 1000,
    before: nothingReported,
    after: state(after),
    ...over,
  };
}

/** Figures as `name bin` with their counts, without what adds up to nothing. */
export function sums(figures: readonly FigureCount[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { name, bin, count } of figures)
    found[`${name} ${bin}`] = (found[`${name} ${bin}`] ?? 0) + count;
  return Object.fromEntries(Object.entries(found).filter(([, count]) => count !== 0));
}
