import assert from 'node:assert/strict';
import fc from 'fast-check';
import { eventsOf } from '../../middleware/acknowledgements/eventsOf.ts';
import {
  foldStatus,
  impliedOf,
  type LedgerFact,
  levelOf,
  nothingReported,
  rankOf,
} from '../../middleware/acknowledgements/fold.ts';
import { LedgerDoor } from '../../middleware/acknowledgements/ledgerDoor.ts';
import type { Acknowledgement } from '../../middleware/domain.ts';
import type { LedgerMove, LedgerState, Store } from '../../middleware/ports.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { admission, batch, leaseMs, message, now } from '../contract/storeSamples.ts';

/** The seed of every run: a failure prints the path that leads back to it. */
const seed = 20_261_122;
/** How many orders are tried: facts/peers.md 7.2, G1. */
const orders = 10_000;
/** The share of the facts that never comes. */
const gaps = 0.3;
const mostRepeats = 10;

const channel = 'meta';
const business = 'b1';

/** What a provider may say of one message, or a customer by writing: few times, so that some are the same. */
const time = fc.integer({ min: 0, max: 9 }).map(second => now + second * 1000);
const failure = fc.record({ code: fc.constantFrom('131026', '131047'), detail: fc.constantFrom('a', 'b') });
const fact: fc.Arbitrary<LedgerFact> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ means: fc.constantFrom('sent', 'delivered', 'read', 'played'), at: time })
      .map(({ means, at }) => ({ means, status: means, at }) as LedgerFact),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ failures: fc.array(failure, { maxLength: 2 }), at: time })
      .map(({ failures, at }) => ({ means: 'failed', status: 'failed', failures, at }) as LedgerFact),
  },
  { weight: 1, arbitrary: time.map(at => ({ means: 'revoked', status: 'revoked', at }) as const) },
  {
    weight: 1,
    arbitrary: fc
      .record({ status: fc.constantFrom('warning', 'deleted'), at: time })
      .map(({ status, at }) => ({ means: 'unknown', status, at }) as const),
  },
  { weight: 2, arbitrary: time.map(at => ({ means: 'replied', at }) as const) },
);

/** Some facts, a third of them missing, each up to ten times, in any order: and the same in the order of their times. */
const order = fc
  .array(
    fc.record({
      fact,
      comes: fc.double({ min: 0, max: 1, noNaN: true }),
      times: fc.integer({ min: 1, max: mostRepeats }),
    }),
    { maxLength: 8 },
  )
  .map(each =>
    each
      .filter(({ comes }) => comes >= gaps)
      .flatMap(({ fact, times }) => Array.from({ length: times }, () => fact)),
  )
  .chain(facts =>
    fc.record({
      sorted: fc.constant(facts.toSorted((one, other) => one.at - other.at)),
      shuffled: fc.shuffledSubarray(facts, { minLength: facts.length }),
    }),
  );

const isReply = (fact: LedgerFact): fact is Extract<LedgerFact, { means: 'replied' }> =>
  fact.means === 'replied';
const fold = (facts: readonly LedgerFact[], from = nothingReported) => facts.reduce(foldStatus, from);

/** Everything that anybody sees of a state. */
const seen = (state: LedgerState) => ({ ...state, level: levelOf(state), implied: impliedOf(state) });

describe(`the fold (seed ${seed}, ${orders} orders)`, () => {
  it('gives the sorted order’s state in every order, and no prefix shows a level that falls', () => {
    fc.assert(
      fc.property(order, ({ sorted, shuffled }) => {
        let state = nothingReported;
        for (const each of shuffled) {
          const next = foldStatus(state, each);
          assert.ok(rankOf(levelOf(next)) >= rankOf(levelOf(state)));
          if (JSON.stringify(next) === JSON.stringify(state))
            assert.equal(next, state, 'a new object for nothing new');
          state = next;
        }
        assert.deepEqual(seen(state), seen(fold(sorted)));
      }),
      { seed, numRuns: orders },
    );
  });

  it('tells of each level and failure once, whatever the order', () => {
    fc.assert(
      fc.property(order, ({ shuffled }) => {
        const told: string[] = [];
        let state = nothingReported;
        for (const each of shuffled) {
          const next = foldStatus(state, each);
          for (const event of eventsOf(moveOf(state, next), now)) {
            if (event.type === 'message.level') told.push(`${event.level}${event.implied ? ' implied' : ''}`);
            if (event.type === 'message.failed') told.push(event.code);
            if (event.type === 'message.revoked') told.push(event.type);
          }
          state = next;
        }
        assert.deepEqual(told, [...new Set(told)]);
        for (const level of ['sent', 'delivered', 'read', 'played'] as const)
          assert.equal(told.includes(level), state.at[level] !== undefined);
        assert.deepEqual(
          state.failures.map(({ code }) => code).sort(),
          told.filter(each => /^(\d+|unknown)$/.test(each)).sort(),
        );
      }),
      { seed, numRuns: orders },
    );
  });
});

function moveOf(before: LedgerState, after: LedgerState): LedgerMove {
  const conversation = {
    id: 'c',
    channel,
    business,
    customer: '1',
    holder: 'bot',
    version: 0,
    windowFrom: 0,
  } as const;
  return { ref: 'o1', conversation, origin: 'own', acceptedAt: now, before, after };
}

describe(`the store and the fold (seed ${seed})`, () => {
  let store: Store;
  let messages = 0;
  before(async () => {
    store = await openSqliteStore({ path: ':memory:', thread: false });
  });
  after(() => store.close());

  /** A message of ours that the provider has, in a conversation of its own. */
  async function send(): Promise<
    Pick<Acknowledgement, 'channel' | 'business' | 'providerId'> & { customer: string }
  > {
    messages += 1;
    const customer = `4915${String(messages).padStart(9, '0')}`;
    // A reaction opens no window: the customer has not written yet.
    const inbound = message(`first-${messages}`, { customer, kind: 'reaction' });
    const { admitted } = await store.admit(batch([admission(inbound)]));
    const { outbound } = await store.addOutbound({
      conversation: String(admitted[0]?.conversation.id),
      content: { type: 'text', text: 'hi' },
      correlation: `k-${messages}`,
      now,
      leaseMs,
    });
    const providerId = `wamid.${messages}`;
    await store.changeOutbound(outbound.ref, { state: 'sent', providerId }, now);
    return { channel, business, providerId, customer };
  }

  it(`agree on every step of ${orders} orders, with and without the door`, async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(order, fc.boolean(), async ({ sorted, shuffled }, withDoor) => {
        const of = await send();
        const door = new LedgerDoor();
        let state = nothingReported;
        let replies = 0;
        for (const [index, each] of shuffled.entries()) {
          const next = foldStatus(state, each);
          if (isReply(each)) {
            replies += 1;
            const inbound = message(`${of.providerId}-${replies}`, {
              customer: of.customer,
              sentAt: each.at,
            });
            const { implied = [] } = await store.admit(batch([admission(inbound)]));
            const rises = levelOf(next) !== levelOf(state);
            assert.deepEqual(
              implied.map(({ after }) => plain(after)),
              rises ? [plain(next)] : [],
            );
          } else {
            const { customer: _, ...rest } = of;
            const acknowledgement = { ...rest, ...each };
            if (withDoor && door.isRepeat(acknowledgement)) {
              assert.equal(next, state, `the door let go of step ${index}`);
              continue;
            }
            const ledger = { entries: [{ acknowledgement }], shared: false };
            const { acknowledged: [result] = [] } = await store.admit(batch([], { ledger }));
            assert.ok(result?.what === 'applied' || result?.what === 'repeat');
            const held = result.what === 'applied' ? result.move.after : result.state;
            assert.deepEqual(plain(held), plain(next));
            assert.equal(result.what === 'repeat', next === state);
            door.remember(acknowledgement, held);
          }
          state = next;
        }
        const found = await store.ledgerEntry(of);
        assert.deepEqual(plain(found?.state), plain(fold(sorted)));
      }),
      { seed, numRuns: orders },
    );
  });
});

/** As it travels. */
function plain(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state ?? null));
}
