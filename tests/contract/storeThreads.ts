import assert from 'node:assert/strict';
import type { ThreadItem } from '../../middleware/ports.ts';
import { text } from './ledgerSteps.ts';
import { admission, batch, held, leaseMs, message, now, type StoreSuite } from './storeSamples.ts';

/** The messages of a conversation, as people read them. */
export function describeThreads(suite: StoreSuite): void {
  describe('a thread', () => {
    const admit = async (id: string, at: number, over: Parameters<typeof message>[1] = {}, more = {}) => {
      const admissions = [admission(message(id, over), more)];
      const { admitted } = await suite.store.admit(batch(admissions, { now: now + at }));
      return { ref: String(admitted[0]?.ref), conversation: String(admitted[0]?.conversation.id) };
    };
    const answer = async (conversation: string, at: number, over = {}) => {
      const request = { content: text, correlation: `k${at}`, now: now + at, leaseMs, ...over };
      return (await suite.store.addOutbound({ conversation, ...request })).outbound.ref;
    };
    const thread = (conversation: string, before?: string, limit = 100) =>
      suite.store.thread(conversation, { limit, ...(before !== undefined && { before }) });
    const one = async (ref: string): Promise<ThreadItem> => {
      const item = await suite.store.threadItem(ref);
      assert.ok(item);
      return item;
    };

    it('has both sides in the order in which we had them, newest first, ours behind what it answers', async () => {
      const first = await admit('w1', 0, { sentAt: now - 5000 });
      const reply = await answer(first.conversation, 0);
      const second = await admit('w2', 10, { sentAt: now - 90_000 }, held);
      const last = await answer(first.conversation, 20);
      const { items, next } = await thread(first.conversation);
      assert.deepEqual(
        items.map(({ side, ref, at }) => [side, ref, at]),
        [
          ['business', last, now + 20],
          ['customer', second.ref, now + 10],
          ['business', reply, now],
          ['customer', first.ref, now],
        ],
      );
      assert.equal(next, undefined);
      const [, customers] = items;
      assert.ok(customers?.side === 'customer');
      assert.deepEqual(
        [customers.kind, customers.sentAt, customers.content, customers.receipt?.outcome],
        ['message', now - 90_000, { type: 'text', text: 'hi' }, 'held'],
      );
      const [ours] = items;
      assert.ok(ours?.side === 'business');
      assert.deepEqual(ours.entry, await suite.store.ledgerEntry({ ref: last }));
      for (const item of items) assert.deepEqual(await one(item.ref), item);
    });

    it('shows what a customer edited whatever they wrote, also what is hardly text', async () => {
      const { ref } = await admit('w1', 0);
      const texts = ['a\0b', 'half of a pair: \ud83d.', 'as it is written: \\u0000', '\ud83d\udc4d'];
      for (const [at, edited] of texts.entries())
        await admit(`e${at}`, at, { kind: 'edit', content: { type: 'edit', concerns: 'w1', text: edited } });
      const { changes } = await one(ref);
      assert.deepEqual(
        changes.map(({ content }) => content.text),
        texts,
      );
    });

    it('shows the latest of what a customer did to a message, however often they did it', async () => {
      const { ref, conversation } = await admit('w1', 0);
      for (let at = 1; at <= 60; at += 1)
        await admit(`r${at}`, at, {
          kind: 'reaction',
          content: { type: 'reaction', reaction: { to: 'w1', emoji: `${at}` } },
        });
      const { changes } = await one(ref);
      assert.deepEqual([changes.length, changes.at(-1)?.content.reaction?.emoji], [50, '60']);
      assert.equal((await thread(conversation)).items.length, 61);
    });

    it('is read page by page, without a gap or a repeat while messages of both sides come', async () => {
      const { conversation } = await admit('w0', 0);
      const expected: string[] = [];
      for (let at = 1; at <= 7; at += 1) {
        // Runs of one side, so that pages end within each, and where one has come to its end.
        const { ref } = at % 3 === 0 ? { ref: await answer(conversation, at) } : await admit(`w${at}`, at);
        expected.unshift(ref);
      }
      for (const limit of [1, 2, 3, 5]) {
        const seen: string[] = [];
        const head = (await thread(conversation, undefined, 1)).items[0]?.ref;
        let before: string | undefined;
        do {
          const { items, next } = await thread(conversation, before, limit);
          assert.ok(items.length === limit || next === undefined);
          seen.push(...items.map(({ ref }) => ref));
          before = next;
          const at = 100 * limit + seen.length;
          await admit(`late${at}`, at);
          await answer(conversation, at);
        } while (before !== undefined);
        assert.deepEqual(seen.slice(-8, -1), expected);
        assert.equal(seen[0], head);
        assert.equal(new Set(seen).size, seen.length);
      }
    });

    it('begins a side that was empty no later than the page before it', async () => {
      const { conversation } = await admit('w1', 0);
      await admit('w2', 1);
      const { next } = await thread(conversation, undefined, 1);
      await answer(conversation, 2);
      const { items } = await thread(conversation, next);
      assert.deepEqual(
        items.map(({ side }) => side),
        ['customer'],
      );
    });

    it('is of its conversation alone; one that is not there is empty, as is a place that it did not give', async () => {
      const { conversation } = await admit('w1', 0);
      const other = await admit('x1', 1, { customer: 'other' });
      assert.equal((await thread(conversation)).items.length, 1);
      assert.equal((await thread(other.conversation)).items[0]?.ref, other.ref);
      assert.deepEqual(await thread('c_unknown'), { items: [] });
      for (const before of ['', 'm1', 'm1.o', 'm-1.o1', "m1.o1' OR 1"])
        assert.deepEqual(await thread(conversation, before), { items: [] }, before);
      for (const ref of ['m99', 'o99', 'x', ''])
        assert.equal(await suite.store.threadItem(ref), undefined, ref);
    });

    it('says who wrote a message of ours', async () => {
      const { conversation, ref } = await admit('w1', 0);
      await answer(conversation, 1, { turn: { ref, ordinal: 0 } });
      await answer(conversation, 2, { sender: { by: 'agent', agent: 'Ada' } });
      await answer(conversation, 3, { sender: { by: 'api' } });
      await answer(conversation, 4);
      const { items } = await thread(conversation);
      const senders = items.map(item => item.side === 'business' && [item.sender, item.agent]);
      const expected = [
        [undefined, undefined],
        ['api', undefined],
        ['agent', 'Ada'],
        ['bot', undefined],
      ];
      assert.deepEqual(senders, [...expected, false]);
    });

    it('shows what a customer quotes, and with each message what became of it later', async () => {
      const first = await admit('w1', 0);
      const ours = await answer(first.conversation, 1);
      await suite.store.changeOutbound(ours, { state: 'sent', providerId: 'wamid.out' }, now + 1);
      const quote = await admit('w2', 2, { content: { type: 'text', replyTo: 'wamid.out' } });
      const kind = 'reaction' as const;
      const liked = { type: 'reaction', reaction: { to: 'wamid.out', emoji: '👍' } };
      const reaction = await admit('r1', 3, { kind, content: liked });
      const self = { type: 'reaction', reaction: { to: 'w1', emoji: '🙂' } };
      const own = await admit('r2', 4, { kind, content: self });
      const revoke = await admit('v1', 5, { kind: 'revoke', content: { type: 'revoke', concerns: 'w2' } });
      const edited = { type: 'edit', concerns: 'w1', text: 'better' };
      const edit = await admit('e1', 6, { kind: 'edit', content: edited });
      const concerns = async (ref: string) => {
        const item = await one(ref);
        return item.side === 'customer' && item.concerns;
      };
      assert.equal(await concerns(quote.ref), ours);
      assert.equal(await concerns(reaction.ref), ours);
      assert.equal(await concerns(own.ref), first.ref);
      assert.equal(await concerns(revoke.ref), quote.ref);
      assert.equal(await concerns(first.ref), undefined);
      assert.deepEqual((await one(first.ref)).changes, [
        { ref: own.ref, kind: 'reaction', sentAt: now, content: self },
        { ref: edit.ref, kind: 'edit', sentAt: now, content: edited },
      ]);
      assert.deepEqual(
        (await one(quote.ref)).changes.map(({ ref }) => ref),
        [revoke.ref],
      );
      assert.deepEqual((await one(ours)).changes, [
        { ref: reaction.ref, kind: 'reaction', sentAt: now, content: liked },
      ]);
    });

    it('names no message of another conversation', async () => {
      await admit('w1', 0);
      const other = { customer: 'other', content: { type: 'text', replyTo: 'w1' } };
      const { ref } = await admit('x1', 1, other);
      const item = await one(ref);
      assert.equal(item.side === 'customer' && item.concerns, undefined);
      const liked = { type: 'reaction', reaction: { to: 'w1', emoji: '👍' } };
      await admit('x2', 2, { customer: 'other', kind: 'reaction', content: liked });
      const { ref: first } = await admit('w1', 3);
      assert.deepEqual((await one(first)).changes, []);
    });
  });
}
