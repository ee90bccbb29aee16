import assert from 'node:assert/strict';
import type { Receipt } from '../../../middleware/ports.ts';
import { planReceipts } from '../../../middleware/receipts/planReceipts.ts';

const now = 1_700_000_000_000;

/** An open receipt: scheduled and due, unless it is said otherwise. */
function receipt(ref: string, over: Partial<Receipt> = {}): Receipt {
  return {
    ref,
    messageId: `wamid.${ref}`,
    outcome: 'scheduled',
    dueAt: now,
    because: 'accepted',
    sentAt: now,
    admittedAt: now,
    solo: false,
    characters: 0,
    expiresAt: undefined,
    attempts: 0,
    at: undefined,
    ...over,
  };
}

const later = { dueAt: now + 1 };
const held = { outcome: 'held', until: 'manual' } as const;
const barred = { outcome: 'held' } as const;
const solo = { solo: true };
const expired = { expiresAt: now };

/** The plan by refs: `target < what it covers`. */
function planned(open: readonly Receipt[]): { expired: string[]; call: string } {
  const plan = planReceipts(open, now);
  const call = plan.call && [plan.call.target, ...plan.call.covers].map(({ ref }) => ref).join(' < ');
  return { expired: plan.expired.map(({ ref }) => ref), call: call ?? 'none' };
}

describe('planReceipts', () => {
  const table: readonly [what: string, open: readonly Receipt[], call: string, expired?: string[]][] = [
    ['plans nothing where nothing is open', [], 'none'],
    ['calls for what is due', [receipt('a')], 'a'],
    ['waits for what is not due yet', [receipt('a', later)], 'none'],
    ['takes what has no due time as due', [receipt('a', { dueAt: undefined })], 'a'],
    [
      'serves a burst with one call for its latest message',
      [receipt('a'), receipt('b'), receipt('c')],
      'c < a < b',
    ],
    [
      'takes the later messages of a burst along that are not due yet',
      [receipt('a'), receipt('b', later)],
      'b < a',
    ],
    ['takes the earlier ones along too', [receipt('a', later), receipt('b')], 'b < a'],
    ['leaves a burst alone of which none is due', [receipt('a', later), receipt('b', later)], 'none'],
    [
      'leaves alone what is held, and what stands behind it',
      [receipt('a', held), receipt('b', barred)],
      'none',
    ],
    [
      'calls for what stands before a held one',
      [receipt('a'), receipt('b', held), receipt('c', barred)],
      'a',
    ],
    ['calls for receipts that stand alone one by one', [receipt('a', solo), receipt('b', solo)], 'a'],
    [
      'goes on to the next that is due of those that stand alone',
      [receipt('a', { ...solo, ...later }), receipt('b', solo)],
      'b',
    ],
    ['does not cover a receipt that stands alone', [receipt('a', { ...solo, ...later }), receipt('b')], 'b'],
    [
      'calls for a receipt that stands alone before a burst',
      [receipt('a'), receipt('b', solo), receipt('c')],
      'b',
    ],
    ['lets an expired receipt go without a call', [receipt('a', expired)], 'none', ['a']],
    [
      'does so while it is held or not due yet, too',
      [receipt('a', { ...held, ...expired }), receipt('b', { ...later, ...expired })],
      'none',
      ['a', 'b'],
    ],
    [
      'neither calls for an expired receipt nor covers it',
      [receipt('a', expired), receipt('b'), receipt('c', expired)],
      'b',
      ['a', 'c'],
    ],
    ['sends what expires a millisecond later', [receipt('a', { expiresAt: now + 1 })], 'a'],
  ];
  for (const [what, open, call, gone = []] of table) {
    it(what, () => assert.deepEqual(planned(open), { expired: gone, call }));
  }
});
