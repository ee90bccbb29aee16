import assert from 'node:assert/strict';
import { admission, batch, held, lane, later, message, now, type StoreSuite } from './storeSamples.ts';

/** What a webhook brought is kept, once, with all that it owes. */
export function describeAdmission(suite: StoreSuite): void {
  describe('admission', () => {
    it('writes message, receipt, turn and window together, and hands over what is due at once', async () => {
      const { admitted, claims, stale } = await suite.admit(admission(message('w1')));
      assert.deepEqual(stale, []);
      const [first] = admitted;
      assert.equal(first?.status, 'admitted');
      assert.deepEqual(
        claims.map(({ kind, conversation }) => [kind, conversation.id]),
        [
          ['turn', first?.conversation.id],
          ['receipt', first?.conversation.id],
        ],
      );
      const conversation = await suite.store.conversation(message('w1'));
      assert.equal(conversation?.windowFrom, now);
      assert.equal(conversation?.holder, 'bot');
      assert.deepEqual(await suite.store.conversation(String(first?.conversation.id)), conversation);
    });

    it('does not put any part of the customer into the ids that it gives', async () => {
      const { admitted } = await suite.admit(admission(message('wamid.4915550001111')));
      assert.doesNotMatch(
        JSON.stringify([admitted[0]?.ref, admitted[0]?.conversation.id]),
        /4915550001111|wamid/,
      );
    });

    it('keeps every text as it came, whatever it would be in SQL', async () => {
      const attack = `'; DROP TABLE inbound; -- " \\ $1 ? %s \u0001`;
      const ids = { business: `b${attack}`, customer: `c${attack}` };
      const inbound = message(`w${attack}`, { ...ids, content: { type: 'text', text: attack } });
      const { admitted } = await suite.admit(admission(inbound), admission(message('w1')));
      const { items } = await suite.store.thread(String(admitted[0]?.conversation.id), { limit: 5 });
      assert.ok(JSON.stringify(items).includes(JSON.stringify(attack)));
      assert.deepEqual(await suite.store.conversation(inbound), admitted[0]?.conversation);
      assert.equal((await suite.admit(admission(inbound))).admitted[0]?.status, 'duplicate');
      assert.equal((await suite.admit(admission(message('w1')))).admitted[0]?.status, 'duplicate');
    });

    it('keeps a redelivered message once, whatever else comes with it', async () => {
      await suite.admit(admission(message('w1')));
      const { admitted, claims } = await suite.admit(admission(message('w1')), admission(message('w2')));
      assert.deepEqual(
        admitted.map(({ status }) => status),
        ['duplicate', 'admitted'],
      );
      assert.deepEqual(claims, []);
      const id = admitted[1]?.conversation.id ?? '';
      assert.deepEqual((await suite.outcomes(id)).length, 2);
    });

    it('takes the same id as another message where channel or business differ', async () => {
      const { admitted } = await suite.admit(
        admission(message('w1')),
        admission(message('w1', { business: 'b2' })),
        admission(message('w1', { channel: 'acs' })),
      );
      assert.deepEqual(
        admitted.map(({ status }) => status),
        ['admitted', 'admitted', 'admitted'],
      );
      assert.equal(new Set(admitted.map(({ conversation }) => conversation.id)).size, 3);
    });

    it('keeps one of a hundred copies that come at once', async () => {
      const copies = Array.from({ length: 100 }, () => suite.admit(admission(message('w1'))));
      const statuses = (await Promise.all(copies)).map(({ admitted }) => admitted[0]?.status);
      assert.equal(statuses.filter(status => status === 'admitted').length, 1);
    });

    it('never moves the window back', async () => {
      await suite.admit(admission(message('w2', { sentAt: now + 5000 })));
      await suite.admit(admission(message('w1', { sentAt: now })));
      assert.equal((await suite.store.conversation(message('w1')))?.windowFrom, now + 5000);
    });

    it('writes nothing of a batch that was decided on another state, and says on which to decide', async () => {
      const { admitted } = await suite.admit(admission(message('w1')));
      const conversation = await suite.store.changeConversation(String(admitted[0]?.conversation.id), {
        holder: 'agent',
      });
      const stale = await suite.admit(
        admission(message('w3', { customer: 'other' })),
        admission(message('w2')),
      );
      assert.deepEqual(stale.stale, [conversation]);
      assert.deepEqual(stale.admitted, []);
      assert.equal(await suite.store.conversation(message('w3', { customer: 'other' })), undefined);
      const again = await suite.admit(admission(message('w2'), { decidedOn: conversation }));
      assert.equal(again.admitted[0]?.status, 'admitted');
    });

    it('holds what comes behind a held message, and schedules it when the bar is lifted', async () => {
      const { admitted } = await suite.admit(admission(message('w1'), held));
      const id = String(admitted[0]?.conversation.id);
      const second = await suite.admit(admission(message('w2', { sentAt: now + 1 })));
      assert.equal(second.admitted[0]?.receipt?.outcome, 'held');
      assert.deepEqual(second.moved, [], 'it is no earlier message');
      assert.deepEqual(await suite.outcomes(id), [
        ['w1', 'held'],
        ['w2', 'held'],
      ]);
      const release = {
        ref: String(admitted[0]?.ref),
        outcome: 'scheduled',
        dueAt: now,
        because: 'asked',
      } as const;
      await suite.store.changeReceipts(id, [release], lane);
      assert.deepEqual(await suite.outcomes(id), [
        ['w1', 'scheduled'],
        ['w2', 'scheduled'],
      ]);
    });

    it('bars what is scheduled already when an earlier message comes late and is held', async () => {
      const { admitted } = await suite.admit(
        admission(message('w2', { sentAt: now + 1 }), later(now + 60_000)),
      );
      const id = String(admitted[0]?.conversation.id);
      const other = message('o1', { customer: '4915550002222' });
      const { moved } = await suite.admit(admission(other), admission(message('w1'), held));
      assert.deepEqual(await suite.outcomes(id), [
        ['w2', 'held'],
        ['w1', 'held'],
      ]);
      const [, barred] = await suite.store.listReceipts(id, 10);
      assert.deepEqual(moved, [{ ...barred, conversation: id }]);
    });

    it('leaves solo receipts out of the bar', async () => {
      const { admitted } = await suite.admit(
        admission(message('w1'), { ...held, solo: true }),
        admission(message('w2'), { solo: true }),
      );
      assert.deepEqual(await suite.outcomes(String(admitted[0]?.conversation.id)), [
        ['w1', 'held'],
        ['w2', 'scheduled'],
      ]);
    });

    it('takes a message that comes late behind a sent receipt as covered, unless it is owed a call of its own', async () => {
      const { admitted } = await suite.admit(admission(message('w2', { sentAt: now + 1000 })));
      const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
      await suite.store.changeReceipts(
        conversation.id,
        [{ ref, outcome: 'sent', because: 'accepted', at: now }],
        lane,
      );
      const late = await suite.admit(
        admission(message('w1')),
        admission(message('w3', { sentAt: now + 1000 })),
        admission(message('w0'), { coveredLate: false }),
      );
      assert.deepEqual(
        late.admitted.map(({ receipt }) => receipt?.outcome),
        ['covered', 'scheduled', 'scheduled'],
      );
    });

    it('keeps what could not be read as dead letters', async () => {
      const rejected = [{ channel: 'meta' as const, reason: 'no id', item: { odd: true } }];
      await suite.store.admit(batch([], { rejected }));
      await suite.store.admit(batch([], { rejected, now: now + 1 }));
      const [letter, ...more] = await suite.store.deadLetters(10);
      assert.deepEqual(more, [], 'delivered again, kept once');
      assert.equal(letter?.reason, 'no id');
      assert.deepEqual(letter?.item, { odd: true });
      assert.equal(letter?.what, 'webhook-item');
    });
  });
}
