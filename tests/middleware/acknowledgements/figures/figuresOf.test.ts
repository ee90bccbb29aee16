import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contributionOf, figuresOf } from '../../../../middleware/acknowledgements/figures/figuresOf.ts';
import { binOf } from '../../../../middleware/acknowledgements/figures/sketch.ts';
import {
  foldStatus,
  type LedgerFact,
  nothingReported,
} from '../../../../middleware/acknowledgements/fold.ts';
import type { FigureCount, LedgerState } from '../../../../middleware/ports.ts';
import { hour, move, state, sums } from './samples.ts';

const seed = 20261122;

/** What a message of ours puts into the figures, as text. */
const figures = (of: Partial<LedgerState>, waitedMs?: number) =>
  [...contributionOf(state(of), waitedMs)].map(([name, bin]) => (bin === 0 ? name : `${name} ${bin}`)).sort();

describe('what a message puts into the figures', () => {
  it('is nothing while nothing is reported', () => {
    assert.deepEqual(figures({}), []);
    assert.deepEqual(figures({ at: { sent: 1000 } }), []);
    assert.deepEqual(figures({ unknown: ['warming_up'], repliedAt: 5000 }), []);
  });

  it('is each level that was reported, and the times between two reported ones', () => {
    assert.deepEqual(figures({ at: { sent: 1000, delivered: 3500 } }), [
      'delivered',
      `delivery ${binOf(2500)}`,
    ]);
    assert.deepEqual(figures({ at: { sent: 1000, delivered: 3000, read: 64_000, played: 70_000 } }), [
      'delivered',
      `delivery ${binOf(2000)}`,
      'played',
      'read',
      `reading ${binOf(63_000)}`,
    ]);
  });

  it('has nothing of a level that was only implied', () => {
    assert.deepEqual(figures({ at: { read: 9000 } }), ['read']);
    assert.deepEqual(figures({ at: { delivered: 9000 } }), ['delivered']);
  });

  it('is a prompt read up to 60 s after the delivery, or after sent where no delivery was reported', () => {
    const isPrompt = (at: LedgerState['at']) => figures({ at }).includes('readWithin60s');
    assert.equal(isPrompt({ delivered: 1000, read: 61_000 }), true);
    assert.equal(isPrompt({ delivered: 1000, read: 61_001 }), false);
    assert.equal(isPrompt({ sent: 0, delivered: 100_000, read: 130_000 }), true);
    assert.equal(isPrompt({ sent: 0, read: 60_000 }), true);
    assert.equal(isPrompt({ sent: 0, read: 60_001 }), false);
    assert.equal(isPrompt({ read: 1 }), false);
  });

  it('is a silent reader where only an answer, or playing, shows that it was read', () => {
    assert.deepEqual(figures({ at: { delivered: 1000 }, repliedAt: 2000 }), ['delivered', 'impliedRead']);
    assert.deepEqual(figures({ at: { delivered: 1000 }, repliedAt: 1000 }), ['delivered']);
    assert.deepEqual(figures({ at: { played: 3000 } }), ['impliedRead', 'played']);
    assert.deepEqual(figures({ at: { delivered: 1000, read: 1500 }, repliedAt: 2000 }), [
      'delivered',
      'read',
      'readWithin60s',
    ]);
  });

  it('is a failure once, and under each of its codes', () => {
    const failures = [
      { code: '131026', at: 5 },
      { code: '131049', at: 6 },
    ];
    assert.deepEqual(figures({ failures }), ['failed', 'failed:131026', 'failed:131049']);
    assert.deepEqual(figures({ at: { delivered: 9 }, failures }).length, 4);
  });

  it('has nothing that came after the message had been taken back', () => {
    const at = { sent: 1000, delivered: 2000, read: 9000, played: 9500 };
    const failures = [{ code: '131026', at: 9000 }];
    const before = ['delivered', `delivery ${binOf(1000)}`];
    assert.deepEqual(figures({ at, failures, revokedAt: 5000 }), before);
    assert.deepEqual(
      figures({ at: { sent: 1000, delivered: 2000 }, revokedAt: 5000, repliedAt: 9000 }),
      before,
    );
    assert.deepEqual(figures({ at, revokedAt: 9500 }), figures({ at }));
    assert.deepEqual(figures({ at, revokedAt: 0 }), []);
  });

  it('is what the customer felt, where it is a first reply: the wait for it and its delivery', () => {
    const felt = (at: LedgerState['at'], waitedMs: number) =>
      contributionOf(state({ at }), waitedMs).get('perceived');
    assert.equal(felt({ sent: 10_000, delivered: 12_000 }, 3000), binOf(5000));
    assert.equal(felt({ sent: 12_000, delivered: 10_000 }, 3000), binOf(3000));
    assert.equal(felt({ sent: 10_000, read: 12_000 }, 3000), undefined);
  });
});

describe(`what a move changes in the figures (seed ${seed})`, () => {
  it('belongs to the hour in which the provider took the message', () => {
    const figure = { channel: 'meta', business: 'b1', hour, name: 'delivered', bin: 0, count: 1 };
    assert.deepEqual(figuresOf(move({ at: { delivered: hour + 9_000_000 } })), [figure]);
    const later = move({ at: { delivered: 5 } }, { acceptedAt: hour + 3_600_000 });
    assert.deepEqual(figuresOf(later), [{ ...figure, hour: hour + 3_600_000 }]);
  });

  it('takes a time out of its old bin where an earlier one is reported later', () => {
    const before = state({ at: { sent: 1000, delivered: 9000 } });
    const after = { at: { sent: 1000, delivered: 3000 } };
    assert.deepEqual(sums(figuresOf(move(after, { before }))), {
      [`delivery ${binOf(8000)}`]: -1,
      [`delivery ${binOf(2000)}`]: 1,
    });
  });

  it('turns a silent reader into a real one when the read is reported after all', () => {
    const before = state({ at: { delivered: 1000 }, repliedAt: 500_000 });
    const after = { at: { delivered: 1000, read: 400_000 }, repliedAt: 500_000 };
    assert.deepEqual(sums(figuresOf(move(after, { before }))), { 'impliedRead 0': -1, 'read 0': 1 });
  });

  it('is nothing for a message of another sender', () => {
    assert.deepEqual(figuresOf(move({ at: { sent: 1, delivered: 2, read: 3 } }, { origin: 'other' })), []);
  });

  const factOf: fc.Arbitrary<LedgerFact> = fc
    .record({
      means: fc.constantFrom(
        'accepted',
        'sent',
        'delivered',
        'read',
        'played',
        'failed',
        'revoked',
        'unknown',
        'replied',
      ),
      // Few times, so that they meet, and some beyond a minute.
      at: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 200 })).map(at => at * 1000),
      code: fc.constantFrom('131026', '131049', '470'),
    })
    .map(({ means, at, code }) =>
      means === 'replied' ? { means, at } : { means, at, status: means, failures: [{ code }] },
    );

  it('adds up, over any order of any statuses, to what the message puts in at the end', () => {
    const facts = fc.array(factOf, { maxLength: 12 });
    const orders = facts.chain(list =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length }),
        fc.option(fc.nat(100_000), { nil: undefined }),
      ),
    );
    const property = fc.property(orders, ([given, shuffled, waitedMs]) => {
      const totals = [given, shuffled, [...shuffled, ...given]].map(order => {
        const figures: FigureCount[] = [];
        let before = nothingReported;
        for (const fact of order) {
          const after = foldStatus(before, fact);
          const since = waitedMs === undefined ? undefined : hour + 1000 - waitedMs;
          figures.push(...figuresOf(move({}, { before, after }), since));
          before = after;
        }
        const end = [...contributionOf(before, waitedMs)].map(([name, bin]) => [`${name} ${bin}`, 1]);
        const found = sums(figures);
        assert.deepEqual(found, { ...found, ...Object.fromEntries(end) });
        assert.equal(Object.keys(found).length, end.length);
        return found;
      });
      assert.deepEqual(totals[1], totals[0]);
      assert.deepEqual(totals[2], totals[0]);
    });
    fc.assert(property, { seed, numRuns: 3000 });
  });
});
