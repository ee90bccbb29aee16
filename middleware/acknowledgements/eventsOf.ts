import type { LedgerMove } from '../ledger.ts';
import type { LedgerEvent } from '../ledgerEvent.ts';
import { afterRevocationOf, impliedOf, levelOf, rankOf, reportedLevels } from './fold.ts';

/**
 * What listeners are told of a move: the level that was reached, each implied level that became real, each new failure,
 * and that the message was taken back. Nothing for what only makes a known time earlier.
 *
 * @param now when we learned of it, in Unix milliseconds
 */
export function eventsOf({ ref, conversation, before, after }: LedgerMove, now: number): LedgerEvent[] {
  const of = {
    at: now,
    channel: conversation.channel,
    business: conversation.business,
    message: ref,
    conversation: conversation.id,
  };
  const reached = levelOf(after);
  const rose = rankOf(reached) > rankOf(levelOf(before));
  const wasImplied = new Set(impliedOf(before));
  const isImplied = new Set(impliedOf(after));
  const late = new Set(afterRevocationOf(after));
  const events: LedgerEvent[] = [];
  for (const level of reportedLevels) {
    const becameReal = wasImplied.has(level) && !isImplied.has(level);
    if (!becameReal && !(rose && level === reached)) continue;
    const reportedAt = after.at[level];
    events.push({
      ...of,
      type: 'message.level',
      level,
      implied: isImplied.has(level),
      ...(reportedAt !== undefined && { reportedAt }),
      ...(late.has(level) && { afterRevocation: true }),
    });
  }
  const known = new Set(before.failures.map(({ code }) => code));
  for (const { code } of after.failures) {
    if (!known.has(code)) events.push({ ...of, type: 'message.failed', code });
  }
  if (before.revokedAt === undefined && after.revokedAt !== undefined)
    events.push({ ...of, type: 'message.revoked' });
  return events;
}
