import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isOpen } from '../../../middleware/domain.ts';
import type { Receipt, ReceiptChange, ReceiptDecision, Store } from '../../../middleware/ports.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';

/** The seed of every run: a failure prints the path that leads back to it. */
const seed = 20_261_122;
const now = 1_700_000_000_000;
const lane = { now, leaseMs: 10_000, end: true } as const;

/** How a message comes: `s` its receipt is scheduled, `h` held until somebody asks; in capitals it stands alone. */
type Letter = 's' | 'h' | 'S' | 'H';

/**
 * What a receipt has become: `s` scheduled, `h` held by itself, `b` held only by the bar, `-` ended; in capitals it
 * stands alone.
 */
function letterOf({ outcome, until, solo }: Receipt): string {
  if (!isOpen(outcome)) return '-';
  const letter = outcome === 'scheduled' ? 's' : until === undefined ? 'b' : 'h';
  return solo ? letter.toUpperCase() : letter;
}

describe('the hold bar', () => {
  let store: Store;
  let customers = 0;
  before(async () => {
    store = await openSqliteStore({ path: ':memory:', thread: false });
  });
  after(() => store.close());

  /** A conversation of its own, whose messages come one by one or all at once. */
  async function conversation() {
    customers += 1;
    const customer = `c${customers}`;
    let messages = 0;
    const come = async (letters: string, sentAt: (index: number) => number = index => now + index) => {
      const admissions = [...letters].map(letter => {
        const index = messages;
        messages += 1;
        const id = `${customer}-${index}`;
        const receipt: ReceiptDecision =
          letter.toLowerCase() === 's'
            ? { outcome: 'scheduled', dueAt: now, because: 'accepted' }
            : { outcome: 'held', until: 'manual', because: 'manual' };
        return {
          message: {
            channel: 'meta',
            business: 'b1',
            customer,
            kind: 'message',
            providerId: id,
            key: id,
            sentAt: sentAt(index),
            content: { type: 'text' },
          },
          decidedOn: undefined,
          receipt,
          solo: letter === letter.toUpperCase(),
          expiresAt: undefined,
          characters: 0,
          turn: false,
        } as const;
      });
      await store.admit({ admissions, rejected: [], firstHolder: 'bot', now, leaseMs: 10_000 });
    };
    const id = async () =>
      String((await store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);
    /** Earliest message first. */
    const receipts = async () =>
      (await store.listReceipts(await id(), 100)).toSorted(
        (a, b) => a.sentAt - b.sentAt || Number(a.ref.slice(1)) - Number(b.ref.slice(1)),
      );
    const letters = async () => (await receipts()).map(letterOf).join('');
    /** Ends a receipt, or schedules one that was held, by its place. */
    const change = async (place: number, how: 'end' | 'release') => {
      const receipt = (await receipts())[place];
      if (receipt === undefined) return;
      const { ref } = receipt;
      const to: ReceiptChange =
        how === 'end'
          ? { ref, outcome: 'skipped', because: 'closed', at: now }
          : { ref, outcome: 'scheduled', dueAt: now, because: 'asked for by hand' };
      await store.changeReceipts(await id(), [to], lane);
    };
    /** Has the rules made true once more, without a change. */
    const lookAgain = async () => void (await store.changeReceipts(await id(), [], lane));
    return { come, change, receipts, letters, lookAgain };
  }

  const table: readonly [what: string, came: string, stands: string][] = [
    ['leaves scheduled receipts alone where none is held', 'sss', 'sss'],
    ['holds what is scheduled behind a held receipt', 'hss', 'hbb'],
    ['leaves what is scheduled before a held receipt', 'sshs', 'sshb'],
    ['leaves a receipt alone that is held by itself, also behind another', 'hhs', 'hhb'],
    ['leaves receipts alone that stand alone', 'hSsH', 'hSbH'],
    ['is not raised by a receipt that stands alone', 'Hss', 'Hss'],
  ];
  for (const [what, came, stands] of table) {
    it(`${what} (${came} → ${stands})`, async () => {
      const atOnce = await conversation();
      await atOnce.come(came);
      assert.equal(await atOnce.letters(), stands);
      const oneByOne = await conversation();
      for (const letter of came) await oneByOne.come(letter);
      assert.equal(await oneByOne.letters(), stands);
    });
  }

  it('is lifted by a receipt that ends, up to the next that is held', async () => {
    const { come, change, letters } = await conversation();
    await come('hshs');
    assert.equal(await letters(), 'hbhb');
    await change(0, 'end');
    assert.equal(await letters(), '-shb');
    await change(2, 'end');
    assert.equal(await letters(), '-s-s');
  });

  it('is lifted by a receipt that is released', async () => {
    const { come, change, letters } = await conversation();
    await come('hss');
    await change(0, 'release');
    assert.equal(await letters(), 'sss');
  });

  it('keeps back a receipt that is released behind it', async () => {
    const { come, change, letters } = await conversation();
    await come('hh');
    await change(1, 'release');
    assert.equal(await letters(), 'hb');
    await change(0, 'end');
    assert.equal(await letters(), '-s');
  });

  it('goes by the provider’s time, not by the order in which messages come', async () => {
    const { come, letters } = await conversation();
    await come('s', () => now + 10);
    await come('h', () => now + 5);
    assert.equal(await letters(), 'hb');
    await come('s', () => now + 1);
    assert.equal(await letters(), 'shb');
  });

  it('goes by the order in which messages come where their time is the same', async () => {
    const { come, letters } = await conversation();
    await come('shs', () => now);
    assert.equal(await letters(), 'shb');
  });

  it('says why a receipt stands behind it, and why it came free', async () => {
    const { come, change, receipts } = await conversation();
    await come('hs');
    assert.match(String((await receipts())[1]?.because), /^an earlier message of the conversation is held/);
    await change(0, 'end');
    assert.match(String((await receipts())[1]?.because), /no earlier message is held any more$/);
  });

  it('lets nothing go behind a held receipt and keeps nothing back without one, whatever happens', async () => {
    const step = fc.oneof(
      fc.record({
        what: fc.constant('come' as const),
        letters: fc.array(fc.constantFrom<Letter>('s', 's', 'h', 'S', 'H'), { minLength: 1, maxLength: 4 }),
        sentAt: fc.integer({ min: 0, max: 8 }),
      }),
      fc.record({ what: fc.constantFrom('end' as const, 'release' as const), place: fc.nat({ max: 11 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async steps => {
        const { come, change, letters, receipts, lookAgain } = await conversation();
        await come('s');
        for (const each of steps) {
          if (each.what === 'come')
            await come(each.letters.join(''), index => now + each.sentAt + (index % 2));
          else await change(each.place, each.what);
          let barred = false;
          for (const receipt of await receipts()) {
            if (receipt.solo || !isOpen(receipt.outcome)) continue;
            const heldByItself = receipt.outcome === 'held' && receipt.until !== undefined;
            if (!heldByItself) assert.equal(receipt.outcome, barred ? 'held' : 'scheduled', await letters());
            barred ||= heldByItself;
          }
        }
        const before = await letters();
        await lookAgain();
        assert.equal(await letters(), before);
      }),
      { seed, numRuns: 150 },
    );
  });
});
