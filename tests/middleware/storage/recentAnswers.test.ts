import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import type { AdmissionResult, Receipt, ReceiptChange } from '../../../middleware/ports.ts';
import { CommitQueue } from '../../../middleware/storage/commitQueue.ts';
import { createOperations, type Operations } from '../../../middleware/storage/sql/operations.ts';
import { openDatabase } from '../../../middleware/storage/sqlite/openDatabase.ts';
import { RecentAnswers } from '../../../middleware/storage/sqlite/recentAnswers.ts';
import { runBatch } from '../../../middleware/storage/sqlite/runBatch.ts';
import { performNow, sqliteSql } from '../../../middleware/storage/sqlite/sqliteSql.ts';
import { seeded } from '../../bench/samples.ts';
import { admission, batch, held, known, lane, later, message, now } from '../../contract/storeSamples.ts';

describe('what the store has answered lately', () => {
  let db: DatabaseSync;
  let operations: Operations;
  let queue: CommitQueue;
  /** The calls that went to the database. */
  let asked: string[];
  let fails: boolean;

  beforeEach(() => {
    db = openDatabase(':memory:');
    operations = createOperations(sqliteSql(db));
    asked = [];
    fails = false;
    const runner = {
      async run(calls: Parameters<typeof runBatch>[2]) {
        asked.push(...calls.map(({ name }) => name));
        const results = runBatch(db, operations, calls);
        if (fails) throw new Error('the thread died behind the commit');
        return results;
      },
      close: async () => db.close(),
    };
    queue = new CommitQueue(runner, new RecentAnswers());
  });
  afterEach(() => queue.close());

  const admit = async (...admissions: Parameters<typeof batch>[0]) =>
    (await queue.call('admit', [batch(admissions)])) as AdmissionResult;
  const one = async (...args: Parameters<typeof admission>) => {
    const [only] = (await admit(admission(...args))).admitted;
    assert.ok(only);
    return only;
  };
  const due = async (id: string) => (await queue.call('dueReceipts', [id, now])) as readonly Receipt[];
  const change = (id: string, to: ReceiptChange) => queue.call('changeReceipts', [id, [to], lane]);

  it('serves the receipt of a message, and the message when it comes again, without the database', async () => {
    const { ref, conversation } = await one(message('w1'));
    const receipts = await due(conversation.id);
    const again = await one(message('w1'));
    assert.deepEqual(asked, ['admit']);
    assert.deepEqual(known(receipts), known(performNow(operations.dueReceipts(conversation.id, now))));
    assert.deepEqual(again, { status: 'duplicate', ref, conversation, ahead: { what: 'own', dueAt: now } });
  });

  it('leaves to the database what comes with statuses, or after the window was shut', async () => {
    const { conversation } = await one(message('w1'));
    const ledger = { entries: [], shared: false };
    await queue.call('admit', [batch([admission(message('w1'))], { ledger })]);
    assert.deepEqual(asked, ['admit', 'admit']);
    await queue.call('shutWindow', [conversation.id, now]);
    assert.equal((await one(message('w1'))).conversation.windowShut, true);
    assert.deepEqual(asked, ['admit', 'admit', 'shutWindow', 'admit']);
  });

  it('follows a change from its call on', async () => {
    const { ref, conversation } = await one(message('w1'));
    const holding = change(conversation.id, { ref, outcome: 'held', until: 'manual', because: 'asked' });
    assert.deepEqual(await due(conversation.id), []);
    await holding;
    const handing = queue.call('changeConversation', [conversation.id, { holder: 'agent' }]);
    const decided = batch([admission(message('w1'), { decidedOn: conversation })]);
    const { stale } = (await queue.call('admit', [decided])) as AdmissionResult;
    assert.deepEqual(stale, [await handing]);
  });

  it('is forgotten where a batch failed: nobody knows what became of it', async () => {
    const { ref, conversation } = await one(message('w1'));
    fails = true;
    const sent = { ref, outcome: 'sent', because: 'accepted', at: now } as const;
    await assert.rejects(change(conversation.id, sent), { code: 'store_unavailable' });
    fails = false;
    assert.deepEqual(await due(conversation.id), []);
    assert.deepEqual((await one(message('w1'))).ahead, { what: 'nothing' });
  });

  it('keeps no more than the latest', async () => {
    await one(message('first'));
    for (let from = 0; from < 4000; from += 1000) {
      const ids = Array.from({ length: 1000 }, (_, index) => `w${from + index}`);
      await admit(...ids.map(id => admission(message(id, { customer: id }), { turn: false })));
    }
    asked.length = 0;
    await one(message('first'));
    assert.deepEqual(asked, ['admit']);
  });

  const seed = 20261122;
  it(`is what the database says, whatever was done (seed ${seed})`, async () => {
    const random = seeded(seed);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
    const ids: string[] = [];
    const refs = new Map<string, string[]>();
    let served = 0;
    for (let step = 0; step < 3000; step += 1) {
      const what = random();
      const id = ids.length === 0 ? '' : pick(random() < 0.7 ? ids.slice(-1) : ids);
      if (what < 0.35 || id === '') {
        const customer = `c${Math.floor(random() * 600)}`;
        const inbound = message(`w${Math.floor(random() * 900)}`, { customer, sentAt: now + step });
        const decidedOn = performNow(operations.conversation(inbound));
        const over = {
          ...pick([{}, held, later(now + 500), { solo: true }]),
          ...(decidedOn && { decidedOn }),
        };
        const before = asked.length;
        const { admitted } = await admit(admission(inbound, over));
        const [only] = admitted;
        assert.ok(only);
        if (asked.length === before) {
          served += 1;
          const [truth] = performNow(operations.admit(batch([admission(inbound, over)]))).admitted;
          assert.deepEqual(known(only), known(truth));
        }
        if (!refs.has(only.conversation.id)) ids.push(only.conversation.id);
        refs.set(only.conversation.id, [...(refs.get(only.conversation.id) ?? []), only.ref]);
      } else if (what < 0.6) {
        const outcome = pick(['sent', 'sent', 'held', 'scheduled'] as const);
        const until = outcome === 'held' ? ({ until: 'manual' } as const) : {};
        const dueAt = outcome === 'scheduled' ? { dueAt: now + 9 } : {};
        const ref = pick(refs.get(id) ?? []);
        await change(id, { ref, outcome, because: 'by chance', at: now, ...until, ...dueAt });
      } else if (what < 0.65) {
        await queue.call('changeConversation', [id, { holder: pick(['bot', 'agent'] as const) }]);
      } else {
        const before = asked.length;
        const receipts = await due(id);
        if (asked.length === before) served += 1;
        assert.deepEqual(known(receipts), known(performNow(operations.dueReceipts(id, now))));
      }
    }
    assert.ok(served > 300, `${served} answers were known`);
  });
});
