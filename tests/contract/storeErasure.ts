import assert from 'node:assert/strict';
import { customerName } from '../../middleware/privacy/customerData.ts';
import { eraseCustomer, finishErasures } from '../../middleware/privacy/eraseCustomer.ts';
import { exportCustomer } from '../../middleware/privacy/exportCustomer.ts';
import { idOf } from '../../middleware/privacy/privacyActs.ts';
import { type HeldCustomer, holdCustomer, tracesIn } from '../support/heldCustomer.ts';
import { admission, batch, leaseMs, message, now, room, type StoreSuite } from './storeSamples.ts';

const anna = '4915550001111';
const ben = '4915550002222';

/** What is held of a customer: handed out, erased, let go when it is old. */
export function describeErasure(suite: StoreSuite): void {
  const at = (time: number) => ({ store: suite.store, clock: { now: () => time } });
  const hold = (customer: string, mark: string) => holdCustomer(suite.store, customer, mark, now);
  const erase = (customer: string, time = now + 1000) =>
    eraseCustomer(at(time), customer, { via: 'key', agent: 'Ada' });
  async function exported(customer: string) {
    const chunks: string[] = [];
    for await (const chunk of exportCustomer(at(now + 1000), customer, { via: 'key' })) chunks.push(chunk);
    return JSON.parse(chunks.join(''));
  }
  const tables = (items: readonly { table: string }[]) =>
    [...new Set(items.map(({ table }) => table))].sort();
  /** Everything that is told of conversations and messages, to be searched and compared. */
  async function told({ conversation, inbound, outbound }: HeldCustomer) {
    const { store } = suite;
    const page = { limit: 100 };
    return {
      conversation: await store.conversation(conversation),
      view: await store.conversationView(conversation),
      thread: await store.thread(conversation, page),
      notes: await store.handoffNotes(conversation),
      audit: await store.audit({ message: String(inbound[1]) }, page),
      entries: await Promise.all(outbound.map(ref => store.ledgerEntry({ ref }))),
      letters: await store.deadLetters(100),
      orphans: await store.listOrphans({ ...page, receivedBefore: now + 1e12 }),
      quarantine: await store.listQuarantine(page),
      failures: await store.listFailures(page),
      forwards: await store.countForwards(),
    };
  }

  describe('customers’ data', () => {
    it('is handed out whole, and of nobody else', async () => {
      const held = await hold(anna, 'quillfeather');
      const other = await hold(ben, 'birchbarkery');
      const document = await exported(`+${anna}`);
      assert.deepEqual(
        [document.customer, document.conversations, document.complete],
        [anna, [held.conversation], true],
      );
      assert.deepEqual(tables(document.items), [
        'bot_state',
        'conversation',
        'dead_letter',
        'escalation',
        'forward',
        'handoff_notes',
        'hook',
        'inbound',
        'ledger',
        'ledger_note',
        'orphan',
        'outbound',
        'quarantine',
        'receipt_step',
        'refusal',
      ]);
      const bytes = Buffer.from(JSON.stringify(document));
      assert.deepEqual(tracesIn(bytes, held), held.traces);
      assert.deepEqual(tracesIn(bytes, other), []);
      assert.deepEqual(tables((await exported('4900000000000')).items), []);
    });

    it('is gone after an erasure, with a proof that holds none of it; others keep theirs', async () => {
      const held = await hold(anna, 'quillfeather');
      const other = await hold(ben, 'birchbarkery');
      const before = await told(other);
      const { letters: _letters, orphans: _orphans, quarantine: _set, ...own } = before;
      const proof = await erase(anna);
      await suite.reopen();
      assert.deepEqual((await exported(anna)).items, []);
      const left = await told(held);
      assert.deepEqual(tracesIn(Buffer.from(JSON.stringify(left)), held), []);
      assert.deepEqual(tracesIn(Buffer.from(JSON.stringify(left)), other).length > 0, true);
      assert.equal(left.conversation, undefined);
      assert.equal(left.view, undefined);
      assert.deepEqual(left.thread.items, []);
      const { letters, orphans, quarantine, failures: _f, forwards: _n, ...after } = await told(other);
      const { failures: _failures, forwards: _forwards, ...same } = own;
      assert.deepEqual(after, same);
      assert.deepEqual([letters.length, orphans.length, quarantine.length], [4, 1, 1]);

      const { id, ...said } = proof;
      assert.equal(id, idOf(said));
      assert.deepEqual([said.act, said.at, said.via, said.agent], ['erasure', now + 1000, 'key', 'Ada']);
      assert.deepEqual(said.conversations, [held.conversation]);
      assert.deepEqual(
        [
          said.counts.inbound,
          said.counts.outbound,
          said.counts.bot_state,
          said.counts.dead_letter,
          said.counts.file,
        ],
        [3, 3, 6, 4, 1],
      );
      assert.deepEqual(tracesIn(Buffer.from(JSON.stringify(proof)), held), []);
      assert.deepEqual(
        await suite.store.privacyActs({
          limit: 1,
          before: (await suite.store.privacyActs({ limit: 1 }))[0]?.id ?? '',
        }),
        [proof],
      );
    });

    it('keeps the numbers, and who of the agents did what', async () => {
      const held = await hold(anna, 'quillfeather');
      await erase(anna);
      const [sent, refused, waiting] = (await told(held)).entries;
      assert.deepEqual([sent?.sending, refused?.sending, waiting?.sending], ['sent', 'failed', 'failed']);
      assert.equal(sent?.state.at.delivered, now);
      assert.deepEqual([sent?.content, sent?.providerId, waiting?.failure], [undefined, undefined, 'erased']);
      const steps = await suite.store.audit({ message: String(held.inbound[1]) }, { limit: 9 });
      assert.deepEqual(
        steps.map(({ outcome, messageId, answer }) => [outcome, messageId, answer]),
        [
          ['failed', undefined, undefined],
          ['held', undefined, undefined],
        ],
      );
    });

    it('is due no more: no turn runs, no receipt and no message goes out', async () => {
      const held = await hold(anna, 'quillfeather');
      const { conversation, outbound } = held;
      await erase(anna);
      const { store } = suite;
      const later = now + 1e9;
      assert.deepEqual((await store.claimDue(later, room, leaseMs)).claims, []);
      assert.equal(await store.beginTurn(conversation, later), undefined);
      assert.equal(await store.nextOutbound(conversation, later), undefined);
      assert.deepEqual(await store.dueReceipts(conversation, later), []);
      assert.deepEqual((await store.claimHooks(later, 9, leaseMs)).hooks, []);
      assert.deepEqual((await store.claimForwards(later, 9, leaseMs)).forwards, []);
      assert.deepEqual((await store.dueEscalation(conversation, [], later)).escalation, undefined);
      // Whoever was at it comes too late.
      const request = {
        conversation,
        content: { type: 'text', text: 'late' },
        correlation: 'k',
        now,
        leaseMs,
      } as const;
      const { call, outbound: late } = await store.addOutbound(request);
      assert.deepEqual([call, late.state, late.failure], [false, 'failed', 'erased']);
      const state = [{ key: 'a', to: { json: '{}', eTag: '1' } }];
      await store.endTurn(conversation, String(held.inbound[1]), { how: 'done', state }, later);
      assert.deepEqual(await store.readState(['a']), []);
      await store.changeOutbound(outbound[2], { state: 'sent', providerId: 'wamid.late' }, later);
      assert.equal((await store.ledgerEntry({ ref: outbound[2] }))?.sending, 'failed');
      const about = {
        channel: 'meta',
        business: 'b1',
        status: 'read',
        means: 'read',
        at: later,
        customer: anna,
      } as const;
      const entries = ['wamid.late', held.traces.at(-1) as string].map(providerId => ({
        acknowledgement: { ...about, providerId },
      }));
      const { acknowledged } = await store.admit(
        batch([], { ledger: { entries, shared: true }, now: later }),
      );
      assert.deepEqual(
        acknowledged?.map(({ what }) => what),
        ['repeat', 'repeat'],
      );
      assert.deepEqual((await exported(anna)).items, []);
    });

    it('comes back by no redelivery, while what the customer writes later is new', async () => {
      const held = await hold(anna, 'quillfeather');
      await erase(anna);
      const again = (id: string) =>
        suite.admit(admission(message(id, { customer: anna, key: id, providerId: id })));
      const wamid = String(held.traces.find(trace => trace.startsWith('wamid.') && trace !== held.traces[8]));
      const { admitted } = await again(wamid);
      assert.equal(admitted[0]?.status, 'duplicate');
      assert.deepEqual((await exported(anna)).items, []);
      const fresh = await again('wamid.new');
      assert.equal(fresh.admitted[0]?.status, 'admitted');
      assert.ok(!held.inbound.includes(String(fresh.admitted[0]?.ref)));
      assert.notEqual(fresh.admitted[0]?.conversation.id, held.conversation);
      const { items } = await suite.store.listConversations({ limit: 10 });
      assert.deepEqual(
        items.map(({ id }) => id),
        [fresh.admitted[0]?.conversation.id],
      );
    });

    it('goes or is new, nothing between, where the customer writes meanwhile', async () => {
      const held = await hold(anna, 'quillfeather');
      const address = { channel: 'meta', business: 'b1', customer: anna } as const;
      const write = async (n: number): Promise<Awaited<ReturnType<StoreSuite['admit']>>> => {
        const id = `during-${n}`;
        const content = { type: 'text', text: 'still here' };
        const decidedOn = await suite.store.conversation(address);
        const written = message(id, { customer: anna, key: id, providerId: id, content });
        const result = await suite.admit(admission(written, { decidedOn }));
        return result.stale.length > 0 ? write(n) : result;
      };
      const writing = Array.from({ length: 12 }, (_, n) => n);
      // Each a little later than the one before: some come before the first step, some between the steps.
      const admitted = writing.reduce(
        (before, n) => before.then(async all => [...all, await write(n)]),
        Promise.resolve<Awaited<ReturnType<typeof write>>[]>([]),
      );
      const [results, { conversations }] = await Promise.all([admitted, erase(anna)]);
      assert.deepEqual(conversations, [held.conversation]);
      assert.ok(results.every(({ admitted: [one] }) => one?.status === 'admitted'));
      const fresh = await suite.store.conversation(address);
      for (const {
        admitted: [one],
      } of results) {
        const item = await suite.store.threadItem(String(one?.ref));
        const text = item?.side === 'customer' ? item.content?.text : undefined;
        const isNew = item?.side === 'customer' && item.conversation.id === fresh?.id;
        assert.equal(text, isNew ? 'still here' : undefined);
      }
      const { claims } = await suite.store.claimDue(now + 1e9, room, leaseMs);
      assert.ok(claims.every(({ conversation }) => conversation.id === fresh?.id));
    });

    it('of all channels and businesses goes together', async () => {
      await suite.admit(
        admission(message('w1', { customer: anna })),
        admission(message('w2', { customer: anna, business: 'b2' })),
        admission(message('w3', { customer: anna, channel: 'twilio' })),
        admission(message('w4', { customer: `${anna}9` })),
      );
      const { conversations, counts } = await erase(anna);
      assert.deepEqual([conversations.length, counts.inbound], [3, 3]);
      assert.equal((await exported(`${anna}9`)).items.length > 0, true);
    });

    it('goes on being erased after a crash', async () => {
      const held = await hold(anna, 'quillfeather');
      const of = { customers: [anna], conversations: [held.conversation] };
      let { next = '' } = await suite.store.erasePersonalData(of, '', now);
      ({ next = '' } = await suite.store.erasePersonalData(of, next, now));
      await suite.reopen();
      assert.equal(await suite.store.conversation(held.conversation), undefined);
      assert.deepEqual(await suite.store.unfinishedErasures(), [of]);
      const [act] = await finishErasures(at(now + 5));
      assert.deepEqual([act?.conversations, act?.via], [[held.conversation], undefined]);
      assert.deepEqual((await exported(anna)).items, []);
      assert.deepEqual(await finishErasures(at(now + 5)), []);
    });

    it('goes on without what the customer has written since', async () => {
      const held = await hold(anna, 'quillfeather');
      const of = { customers: [anna], conversations: [held.conversation] };
      await suite.store.erasePersonalData(of, '', now);
      const { admitted } = await suite.admit(admission(message('w9', { customer: anna })));
      await finishErasures(at(now + 5));
      const fresh = String(admitted[0]?.conversation.id);
      assert.equal((await suite.store.thread(fresh, { limit: 9 })).items.length, 1);
      assert.deepEqual((await suite.store.conversation(fresh))?.customer, anna);
      assert.equal((await suite.store.threadItem(String(held.inbound[0])))?.side, 'customer');
      assert.deepEqual(await suite.store.unfinishedErasures(), []);
      const { conversations } = await erase(anna);
      assert.deepEqual(conversations, [fresh]);
      assert.deepEqual((await exported(anna)).items, []);
    });

    it('is found however a number is written', () => {
      assert.equal(customerName(' whatsapp:+49 (155) 5000-1111 '), anna);
      assert.equal(customerName('DE.1a2b3c'), 'DE.1a2b3c');
    });
  });
}
