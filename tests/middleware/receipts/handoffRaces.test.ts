import assert from 'node:assert/strict';
import type { Store } from '../../../middleware/ports.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { independent } from '../../support/scriptedChannel.ts';

describe('a conversation for which several reach at once', () => {
  let world: World;
  let id: string;
  const told: string[] = [];
  const begin = async (options: WorldOptions = {}) => {
    told.length = 0;
    world = await engineWorld({
      told: async ({ message }) => void told.push(String(message.content.handoff?.state)),
      ...options,
    });
    await world.say('w0');
    await world.time.pass(1000);
    id = String((await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);
  };
  afterEach(() => world.close());
  const state = async () => {
    const found = await world.store.conversation(id);
    return [found?.holder, found?.agent];
  };

  it('is completed, and has not failed, where it is taken back from an agent who has just accepted it', async () => {
    await begin();
    await world.engine.handOff(id);
    const [taken] = await Promise.all([
      world.engine.reportAgent(id, 'accepted', { agent: 'Anna' }),
      world.engine.takeBack(id),
    ]);
    await world.time.settle();
    // Whoever comes second finds what the first has made of it: the agent had it, so the bot is told that it is completed.
    assert.equal(taken.holder, 'agent');
    assert.deepEqual(
      [await state(), told],
      [
        ['bot', undefined],
        ['accepted', 'completed'],
      ],
    );
  });

  it('stays with the agent who accepts it at the moment at which it has waited long enough', async () => {
    let isDue = false;
    const acceptedBefore = (store: Store): Store => ({
      ...store,
      async beginTurn(...args) {
        const turn = await store.beginTurn(...args);
        if (isDue && turn?.message.content.type === 'overdue')
          void world.engine.reportAgent(id, 'accepted', { agent: 'Anna' });
        return turn;
      },
    });
    await begin({
      wrapStore: acceptedBefore,
      policies: { default: { handoff: { takeBackAfterMs: 60_000 } } },
    });
    await world.engine.handOff(id);
    isDue = true;
    await world.time.pass(60_000);
    assert.deepEqual([await state(), told], [['agent', 'Anna'], ['accepted']]);
  });

  it('has one beginning, however many let go of it', async () => {
    await begin({ policies: { default: { handoff: { takeBackAfterMs: 60_000 } } } });
    await Promise.all([
      world.engine.handOff(id, { reason: 'first', context: { order: 1 } }),
      world.engine.handOff(id, { reason: 'second', context: { order: 2 } }),
    ]);
    const brief = await world.engine.handoff(id);
    assert.deepEqual([brief?.reason, brief?.context], ['first', { order: 1 }]);
  });

  it('stays with the agent who took it while the bot let go', async () => {
    await begin();
    await Promise.all([
      world.engine.reportAgent(id, 'accepted', { agent: 'Anna' }),
      world.engine.handOff(id, { reason: 'too late' }),
    ]);
    assert.deepEqual(await state(), ['agent', 'Anna']);
  });

  it('keeps the time at which the first of two agents accepted it', async () => {
    await begin();
    await world.engine.handOff(id);
    const [anna, ben] = await Promise.all([
      world.engine.reportAgent(id, 'accepted', { agent: 'Anna' }),
      world.engine.reportAgent(id, 'accepted', { agent: 'Ben' }),
    ]);
    await world.time.settle();
    assert.deepEqual([anna.agent, ben.agent], ['Anna', 'Ben']);
    assert.deepEqual([await state(), told], [['agent', 'Ben'], ['accepted']]);
  });

  it('leaves blue what an agent has read while the hand-off decided about it', async () => {
    let isDue = false;
    let opened: Promise<unknown> | undefined;
    const openedBetween = (store: Store): Store => ({
      ...store,
      async openReceipts(...args) {
        const open = await store.openReceipts(...args);
        if (isDue) {
          isDue = false;
          opened = world.engine.reportAgent(id, 'opened', { agent: 'Anna' });
        }
        return open;
      },
    });
    await begin({
      wrapStore: openedBetween,
      policies: { default: { read: { delay: { minMs: 5000 } } } },
      dialog: async () => {},
    });
    await world.time.pass(10_000);
    await world.say('w1');
    // The hand-off has found w1 unread, and is about to hold it until an agent opens it. One does.
    isDue = true;
    await world.engine.handOff(id);
    await opened;
    await world.time.pass(10_000);
    assert.equal((await world.outcomes()).w1, 'sent');
  });

  it('leaves nothing held for an agent that comes while the last one closes it', async () => {
    let isDue = false;
    const writtenBefore = (store: Store): Store => ({
      ...store,
      async handOver(...args) {
        if (isDue) {
          isDue = false;
          await world.say('w1');
        }
        return store.handOver(...args);
      },
    });
    await begin({ wrapStore: writtenBefore });
    await world.engine.handOff(id);
    await world.engine.reportAgent(id, 'accepted', { agent: 'Anna' });
    isDue = true;
    await world.engine.reportAgent(id, 'closed', { agent: 'Anna' });
    await world.time.pass(1000);
    await world.say('w2');
    await world.time.pass(1000);
    const { w1, w2 } = await world.outcomes();
    assert.deepEqual([w1, w2], ['sent', 'sent']);
  });

  describe('while an agent’s message is on its way', () => {
    const write = async () => {
      const conversation = await world.store.conversation(id);
      assert.ok(conversation);
      world.channel.answer = ({ what }) => (what === 'send' ? { afterMs: 4000 } : {});
      const sender = { by: 'agent', agent: 'Anna' } as const;
      return world.engine.send(conversation, { type: 'text', text: 'hello' }, { sender });
    };

    it('goes where the agent transferred it, and is not pulled back', async () => {
      await begin();
      await world.engine.handOff(id);
      await world.engine.reportAgent(id, 'accepted', { agent: 'Anna' });
      const sent = write();
      await world.time.settle();
      await world.engine.reportAgent(id, 'transferred', { agent: 'Anna', to: 'Ben' });
      await world.time.pass(2000);
      await world.engine.reportAgent(id, 'accepted', { agent: 'Ben' });
      await world.time.pass(5000);
      await sent;
      assert.deepEqual(await state(), ['agent', 'Ben']);
    });

    it('becomes theirs also where they opened it meanwhile', async () => {
      await begin({ policies: { default: { handoff: { read: 'agentReplied' } } } });
      await world.engine.handOff(id);
      await world.say('w1');
      const sent = write();
      await world.time.settle();
      await world.engine.reportAgent(id, 'opened', { agent: 'Anna' });
      await world.time.pass(5000);
      await sent;
      await world.time.settle();
      assert.deepEqual([await state(), (await world.outcomes()).w1], [['agent', 'Anna'], 'sent']);
    });

    it('comes behind typing that was reported before it', async () => {
      await begin({ capabilities: independent });
      await world.engine.handOff(id);
      await world.engine.reportAgent(id, 'accepted', { agent: 'Anna' });
      world.channel.calls.length = 0;
      world.channel.answer = ({ what }) => (what === 'typing' ? { afterMs: 1000 } : {});
      for (const _ of [1, 2, 3]) await world.engine.reportAgent(id, 'typing', { agent: 'Anna' });
      const conversation = await world.store.conversation(id);
      assert.ok(conversation);
      const sender = { by: 'agent', agent: 'Anna' } as const;
      const sent = world.engine.send(conversation, { type: 'text', text: 'hello' }, { sender });
      await world.time.pass(999);
      const made = () => world.channel.calls.map(({ what }) => what);
      assert.deepEqual(made(), ['typing'], 'one call, however often it is reported');
      await world.time.pass(1);
      await sent;
      assert.deepEqual(made(), ['typing', 'send']);
    });
  });
});
