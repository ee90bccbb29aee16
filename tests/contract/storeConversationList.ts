import assert from 'node:assert/strict';
import type { ConversationQuery } from '../../middleware/ports.ts';
import { admission, leaseMs, message, now, type StoreSuite } from './storeSamples.ts';

/** The list of conversations, and what it tells of each. */
export function describeConversationList(suite: StoreSuite): void {
  describe('the list of conversations', () => {
    const from = (customer: string, at: number, over: Partial<Parameters<typeof message>[1]> = {}) =>
      admission(message(`${customer}${at}`, { customer, sentAt: now + at, ...over }));
    const list = (query: Partial<ConversationQuery> = {}) =>
      suite.store.listConversations({ limit: 100, ...query });
    const names = async (query: Partial<ConversationQuery> = {}) =>
      (await list(query)).items.map(each => `${each.customer} ${each.unread}`);
    const idOf = async (customer: string) =>
      String((await suite.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);
    const view = async (customer: string) => {
      const found = await suite.store.conversationView(await idOf(customer));
      assert.ok(found);
      return found;
    };
    const answer = async (customer: string, at: number, text = 'Hello') => {
      const content = { type: 'text', text } as const;
      const request = { content, correlation: `k${customer}${at}`, now: now + at, leaseMs };
      return suite.store.addOutbound({ conversation: await idOf(customer), ...request });
    };

    it('goes by the latest message, page by page, with what agents have not seen', async () => {
      await suite.admit(from('anna', 3), from('ben', 1), from('cleo', 2), from('ben', 5));
      const first = await list({ limit: 2 });
      assert.deepEqual(await names({ limit: 2 }), ['ben 2', 'anna 1']);
      // One that comes to the top meanwhile moves no page.
      await suite.admit(from('anna', 9));
      assert.deepEqual(await names({ limit: 2, before: String(first.next) }), ['cleo 1']);
      assert.equal((await list({ before: String(first.next) })).next, undefined);
      await suite.store.markSeen(await idOf('ben'));
      assert.equal((await view('ben')).unread, 0);
      await suite.admit(from('ben', 6), from('ben', 7, { kind: 'reaction' }));
      assert.equal((await view('ben')).unread, 1);
      assert.equal(await suite.store.conversationView('c_x'), undefined);
    });

    it('is filtered by holder, by channel and by what is unread', async () => {
      await suite.admit(
        from('anna', 1),
        from('ben', 2),
        from('cleo', 3),
        from('dora', 4, { channel: 'acs' }),
      );
      await suite.store.changeConversation(await idOf('anna'), { holder: 'queue' });
      await suite.store.changeConversation(await idOf('ben'), { holder: 'agent' });
      await suite.store.markSeen(await idOf('ben'));
      assert.deepEqual(await names({ holder: 'queue' }), ['anna 1']);
      assert.deepEqual(await names({ holder: 'agent' }), ['ben 0']);
      assert.deepEqual(await names({ holder: 'bot' }), ['dora 1', 'cleo 1']);
      assert.deepEqual(await names({ holder: 'bot', channel: 'meta' }), ['cleo 1']);
      assert.deepEqual(await names({ channel: 'acs' }), ['dora 1']);
      assert.deepEqual(await names({ unread: true }), ['dora 1', 'cleo 1', 'anna 1']);
      assert.deepEqual(await names({ holder: 'agent', unread: true }), []);
      assert.deepEqual(await names({ unread: false, limit: 1 }), ['dora 1']);
    });

    it('takes no place that it did not give', async () => {
      await suite.admit(from('anna', 1));
      for (const before of ['', 'c_x', '1', '1.x', '-1.1', "1.1' OR 1"])
        assert.deepEqual(await list({ before }), { items: [] }, before);
    });

    it('tells the newest message, of whichever side it is', async () => {
      await suite.admit(from('anna', 0, { content: { type: 'text', text: 'Is it ready?' } }));
      const asked = { side: 'customer', at: now, content: { type: 'text', text: 'Is it ready?' } };
      assert.deepEqual((await view('anna')).latest, asked);
      await answer('anna', 5, 'Yes.');
      const answered = { side: 'business', at: now + 5, content: { type: 'text', text: 'Yes.' } };
      assert.deepEqual((await view('anna')).latest, answered);
      assert.deepEqual((await list()).items[0]?.latest, answered);
    });

    it('tells since when the customer waits: from their first message after our last', async () => {
      const admit = (at: number, over = {}) =>
        suite.store.admit({
          admissions: [from('anna', at, over)],
          rejected: [],
          firstHolder: 'bot',
          now: now + at,
          leaseMs,
        });
      const waits = async () => (await view('anna')).waitingSince;
      await admit(1);
      await admit(2);
      assert.equal(await waits(), now + 1);
      const { outbound } = await answer('anna', 3);
      assert.equal(await waits(), undefined);
      await admit(4, { kind: 'reaction' });
      assert.equal(await waits(), undefined);
      await admit(5);
      await admit(6);
      assert.equal(await waits(), now + 5);
      await suite.store.changeOutbound(outbound.ref, { state: 'failed', failure: '131026' }, now + 7);
      assert.equal(await waits(), now + 1);
      // Written by hand in the business's own app.
      await admit(8, { kind: 'echo' });
      assert.equal(await waits(), undefined);
      assert.equal((await list()).items[0]?.waitingSince, undefined);
    });

    it('counts so many unread messages, and no more', async () => {
      await suite.admit(...Array.from({ length: 120 }, (_each, at) => from('anna', at)));
      assert.equal((await view('anna')).unread, 100);
      assert.equal((await view('anna')).waitingSince, now);
    });
  });
}
