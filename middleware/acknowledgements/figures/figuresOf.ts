import type { LedgerMove, LedgerState } from '../../ledger.ts';
import type { FigureCount } from '../../ledgerStore.ts';
import { afterRevocationOf, impliedOf, reportedLevels } from '../fold.ts';
import { type DurationName, failedPrefix, hourOf, type MessageCounter } from './names.ts';
import { binOf } from './sketch.ts';

/** How soon a read counts as prompt, in milliseconds after the delivery. */
export const promptReadMs = 60_000;

/** What one message puts into the figures: for each figure that it is in, the bin; 0 where the figure is a counter. */
export type Contribution = ReadonlyMap<string, number>;

/**
 * What a message of ours puts into the figures, by what is known of it. It depends on nothing else, so that the changes
 * of any order of statuses add up to the same.
 *
 * @param waitedMs how long the customer had waited when the provider took the message, in milliseconds; absent where it is no
 *   first reply
 */
export function contributionOf(state: LedgerState, waitedMs?: number): Contribution {
  const figures = new Map<string, number>();
  const count = (name: MessageCounter | 'readWithin60s' | `failed:${string}`) => figures.set(name, 0);
  const time = (name: DurationName, ms: number) => figures.set(name, binOf(ms));

  const { at, failures, revokedAt } = state;
  const late = afterRevocationOf(state);
  const [sent, delivered, read, played] = reportedLevels.map(level =>
    late.includes(level) ? undefined : at[level],
  );
  if (delivered !== undefined) count('delivered');
  if (read !== undefined) count('read');
  else if (isSilentlyRead(state, played)) count('impliedRead');
  if (played !== undefined) count('played');
  if (sent !== undefined && delivered !== undefined) {
    time('delivery', delivered - sent);
    if (waitedMs !== undefined) time('perceived', waitedMs + Math.max(delivered - sent, 0));
  }
  if (sent !== undefined && read !== undefined) time('reading', read - sent);
  const arrived = delivered ?? sent;
  if (read !== undefined && arrived !== undefined && read - arrived <= promptReadMs) count('readWithin60s');
  for (const failure of failures) {
    if (revokedAt !== undefined && failure.at > revokedAt) continue;
    count('failed');
    count(`${failedPrefix}${failure.code}`);
  }
  return figures;
}

/**
 * Whether the customer has read the message without a word of it: only the answer, or that it was played, shows it. Once
 * a message has been taken back, an answer shows nothing: nobody knows which of the customer's messages came before.
 */
function isSilentlyRead(state: LedgerState, played: number | undefined): boolean {
  if (state.at.read !== undefined) return false;
  return played !== undefined || (state.revokedAt === undefined && impliedOf(state).includes('read'));
}

/**
 * What a move changes in the figures: what the message puts in after it, without what it put in before. It belongs to the
 * hour in which the provider took the message. Another sender's messages are in no figure. What is taken back comes first.
 *
 * @param waitingSince when the message that this one answers first was admitted; see {@link contributionOf}
 */
export function figuresOf(
  { origin, conversation: { channel, business }, acceptedAt, before, after }: LedgerMove,
  waitingSince?: number,
): readonly FigureCount[] {
  if (origin !== 'own') return [];
  const waitedMs = waitingSince === undefined ? undefined : acceptedAt - waitingSince;
  const [old, now] = [contributionOf(before, waitedMs), contributionOf(after, waitedMs)];
  const of = { channel, business, hour: hourOf(acceptedAt) };
  const figures: FigureCount[] = [];
  for (const [name, bin] of old) {
    if (now.get(name) !== bin) figures.push({ ...of, name, bin, count: -1 });
  }
  for (const [name, bin] of now) {
    if (old.get(name) !== bin) figures.push({ ...of, name, bin, count: 1 });
  }
  return figures;
}
