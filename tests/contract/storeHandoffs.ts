import assert from 'node:assert/strict';
import type { HolderChange } from '../../middleware/ports.ts';
import { admission, message, now, type StoreSuite } from './storeSamples.ts';

const leaseMs = 10_000;
const room = { turn: 9, receipt: 9, outbound: 9, escalation: 9 };

/** Who holds a conversation, what is handed over with it, and what the bot is told. */
export function describeHandoffs(suite: StoreSuite): void {
  describe('hand-off', () => {
    let id: string;
    beforeEach(async () => {
      const { admitted } = await suite.admit(admission(message('w1'), { turn: false }));
      id = String(admitted[0]?.conversation.id);
    });
    const handOver = (change: Omit<HolderChange, 'now' | 'leaseMs'>, over: Partial<HolderChange> = {}) =>
      suite.store.handOver(id, { ...change, now, leaseMs, ...over });
    const start = { at: now, by: 'bot', reason: 'lost' } as const;
    const notes = { context: { order: 17 }, transcript: [] };

    it('keeps who holds it, how that came and what was handed over, also after a restart', async () => {
      await handOver({ holder: 'queue', handoff: start, notes });
      await handOver({ holder: 'agent', agent: 'Anna', assignedTo: null });
      await suite.reopen();
      const state = await suite.store.conversation(id);
      assert.deepEqual([state?.holder, state?.agent, state?.handoff], ['agent', 'Anna', start]);
      assert.deepEqual(await suite.store.handoffNotes(id), notes);
    });

    it('forgets all of it when it is over', async () => {
      await handOver({ holder: 'queue', assignedTo: 'Ben', handoff: start, notes });
      const handed = await handOver({ holder: 'bot', agent: null, assignedTo: null, handoff: null });
      const { holder, agent, assignedTo, handoff } = handed?.conversation ?? {};
      assert.deepEqual([holder, agent, assignedTo, handoff], ['bot', undefined, undefined, undefined]);
      assert.equal(await suite.store.handoffNotes(id), undefined);
    });

    it('makes decisions old when the holder changes, and not when an agent does', async () => {
      const versions = [];
      for (const [holder, agent] of [
        ['queue', null],
        ['agent', 'Anna'],
        ['agent', 'Ben'],
      ] as const)
        versions.push((await handOver({ holder, agent }))?.conversation.version);
      assert.deepEqual(versions, [1, 2, 2]);
    });

    it('hands the caller a turn in which the bot is told, once for each hand-off and state', async () => {
      await handOver({ holder: 'queue', handoff: start });
      const told = await handOver({ holder: 'agent', tell: { state: 'accepted' } });
      assert.deepEqual(
        told?.claims.map(({ kind }) => kind),
        ['turn'],
      );
      const turn = await suite.store.beginTurn(id, now);
      assert.deepEqual(
        [turn?.message.kind, turn?.message.content],
        ['handoff', { type: 'handoff', handoff: { state: 'accepted' } }],
      );
      await suite.store.endTurn(id, String(turn?.message.ref), { how: 'done' }, now);
      assert.deepEqual((await handOver({ holder: 'agent', tell: { state: 'accepted' } }))?.claims, []);
      const over = { holder: 'bot', handoff: null, tell: { state: 'completed' } } as const;
      assert.equal((await handOver(over))?.claims.length, 1);
    });

    it('tells of a hand-off that began with its acceptance once, also where the clock moved on while it was written', async () => {
      const taken = { holder: 'agent', handoff: { at: now, by: 'agent', acceptedAt: now } } as const;
      const tell = { state: 'accepted' } as const;
      assert.equal((await handOver({ ...taken, tell }, { now: now + 1 }))?.claims.length, 1);
      await handOver({ holder: 'queue' });
      const turn = await suite.store.beginTurn(id, now + 1);
      await suite.store.endTurn(id, String(turn?.message.ref), { how: 'done' }, now);
      assert.deepEqual((await handOver({ ...taken, tell }))?.claims, []);
    });

    it('keeps that turn for whoever comes after a crash, and leaves it where the caller has no room', async () => {
      await handOver({ holder: 'queue', handoff: start });
      assert.deepEqual(
        (await handOver({ holder: 'bot', tell: { state: 'failed' } }, { leaseMs: 0 }))?.claims,
        [],
      );
      await suite.reopen();
      const { claims } = await suite.store.claimDue(now, room, leaseMs);
      assert.deepEqual(
        claims.filter(({ kind }) => kind === 'turn').map(({ conversation }) => conversation.id),
        [id],
      );
      assert.equal((await suite.store.beginTurn(id, now))?.message.content.handoff?.state, 'failed');
    });

    it('has somebody look when it has waited long enough, behind what the customer wrote until then', async () => {
      const lookAt = now + 60_000;
      const handed = await handOver({ holder: 'queue', handoff: start, lookAt });
      const decidedOn = handed?.conversation;
      await suite.admit(admission(message('w2', { sentAt: now + 1 }), { decidedOn, turn: true }));
      await suite.reopen();
      const turn = await suite.store.beginTurn(id, lookAt);
      assert.equal(turn?.message.messageId, 'w2');
      assert.equal(
        (await suite.store.endTurn(id, String(turn?.message.ref), { how: 'done' }, now)).nextDueAt,
        lookAt,
      );
      assert.equal(await suite.store.beginTurn(id, lookAt - 1), undefined);
      assert.equal((await suite.store.beginTurn(id, lookAt))?.message.content.type, 'overdue');
    });

    it('has nobody look once an agent has accepted it, or it is over', async () => {
      const waiting = { holder: 'queue', handoff: start, lookAt: now + 1 } as const;
      await handOver(waiting);
      await handOver({ holder: 'agent', handoff: { ...start, acceptedAt: now } });
      assert.equal(await suite.store.beginTurn(id, now + 1), undefined);
      await handOver(waiting);
      await handOver({ holder: 'bot', handoff: null });
      assert.equal(await suite.store.beginTurn(id, now + 1), undefined);
    });

    it('shows nothing of that turn as a message', async () => {
      await handOver({ holder: 'queue', handoff: start });
      await handOver({ holder: 'agent', tell: { state: 'accepted' } });
      const view = await suite.store.conversationView(id);
      assert.deepEqual([view?.unread, view?.latest?.side], [1, 'customer']);
      const { items } = await suite.store.thread(id, { limit: 10 });
      assert.deepEqual(
        items.map(item => (item.side === 'customer' ? item.kind : item.side)),
        ['message'],
      );
      assert.equal((await suite.store.listReceipts(id, 10)).length, 1);
    });

    it('knows no conversation that there is not', async () => {
      const change = { holder: 'queue', now, leaseMs } as const;
      assert.equal(await suite.store.handOver('c_unknown', change), undefined);
      assert.equal(await suite.store.handoffNotes('c_unknown'), undefined);
    });
  });
}
