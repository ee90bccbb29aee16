import type { LedgerEntry } from '../../ledger.ts';
import type { LedgerStore } from '../../ledgerStore.ts';
import { levelOf } from '../fold.ts';
import { promptReadMs } from './figuresOf.ts';

/** How many of a conversation's messages count: the latest that were delivered. */
const deliveredLimit = 50;
/** How many are looked at to find them, and how many at once. */
const looked = { limit: 500, page: 100 };
/** How long a customer may take before a message counts as not read, in milliseconds. */
const patienceMs = 24 * 60 * 60 * 1000;

/** How a contact reads what it is sent. */
export interface Engagement {
  /** From 0: reads nothing, to 100: reads everything within a minute. `null` where no message tells. */
  readonly score: number | null;
  /** On how many messages it rests. */
  readonly messages: number;
}

/**
 * The engagement score of a contact: 100 × the mean of 1 for a message that was read within 60 s of its delivery, 0.5
 * for one that was read later, and 0 for one that was not read within 24 hours and is not read now.
 *
 * Of the latest 50 messages of ours that were really delivered and not taken back, these are left out: what is not read and was
 * delivered less than 24 hours ago, and what was read without a word of it, since nobody knows when.
 *
 * @param entries the conversation's messages, newest first
 * @param now Unix milliseconds
 */
export function engagementOf(entries: readonly LedgerEntry[], now: number): Engagement {
  const weights = entries
    .filter(isDelivered)
    .slice(0, deliveredLimit)
    .flatMap(entry => weightOf(entry, now) ?? []);
  if (weights.length === 0) return { score: null, messages: 0 };
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { score: (100 * sum) / weights.length, messages: weights.length };
}

/**
 * Reads the conversation's own rows, the latest 500 at most, and scores them; see {@link engagementOf}. A conversation that is
 * not known has no score.
 *
 * @throws BluetickError `store_unavailable`
 */
export async function readEngagement(
  store: Pick<LedgerStore, 'listLedger'>,
  conversation: string,
  now: number,
): Promise<Engagement> {
  const entries: LedgerEntry[] = [];
  let delivered = 0;
  while (delivered < deliveredLimit && entries.length < looked.limit) {
    const last = entries.at(-1)?.ref;
    const page = await store.listLedger(conversation, {
      limit: looked.page,
      ...(last !== undefined && { before: last }),
    });
    entries.push(...page);
    delivered += page.filter(isDelivered).length;
    if (page.length < looked.page) break;
  }
  return engagementOf(entries, now);
}

function isDelivered({ origin, state }: LedgerEntry): boolean {
  return origin === 'own' && state.at.delivered !== undefined && state.revokedAt === undefined;
}

function weightOf({ state }: LedgerEntry, now: number): number | undefined {
  const { delivered = 0, read } = state.at;
  if (read !== undefined) return read - delivered <= promptReadMs ? 1 : 0.5;
  if (levelOf(state) === 'delivered' && now - delivered >= patienceMs) return 0;
  return undefined;
}
