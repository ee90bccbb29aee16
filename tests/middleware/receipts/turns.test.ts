import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { BluetickError } from '../../../middleware/errors.ts';
import type { Store } from '../../../middleware/ports.ts';
import { answering, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { failures, independent } from '../../support/scriptedChannel.ts';

describe('turns', () => {
  let world: World;
  let start: number;
  const begin = async (options: WorldOptions = {}) => {
    world = await engineWorld(options);
    start = world.time.now();
    return world;
  };
  afterEach(() => world.close());

  /** Every call as `what@ms`, with `+typing` where it shows typing. */
  const story = () =>
    world.channel.calls.map(
      ({ what, typing, at }) => `${what}${typing && what === 'read' ? '+typing' : ''}@${at - start}`,
    );
  const policy = (document: object) => ({ policies: { default: document } });

  describe('typing', () => {
    it('is kept alive at the channel’s period while the dialog works, and ends with the reply', async () => {
      await begin({ dialog: answering(60_000) });
      await world.say('w1');
      await world.time.pass(200_000);
      assert.deepEqual(story(), ['read+typing@0', 'read+typing@24000', 'read+typing@48000', 'send@60000']);
    });

    it('is kept alive at the period that the policy asks for', async () => {
      await begin({ dialog: answering(50_000), ...policy({ typing: { keepAliveMs: 20_000 } }) });
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['read+typing@0', 'read+typing@20000', 'read+typing@40000', 'send@50000']);
    });

    it('ends at its limit, although the dialog goes on', async () => {
      await begin({ dialog: answering(600_000), ...policy({ typing: { limitMs: 60_000 } }) });
      await world.say('w1');
      await world.time.pass(700_000);
      assert.deepEqual(story(), ['read+typing@0', 'read+typing@24000', 'read+typing@48000', 'send@600000']);
    });

    it('does not show where the policy says no', async () => {
      await begin({ dialog: answering(60_000), ...policy({ typing: { show: false } }) });
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['read@0', 'send@60000']);
    });

    it('comes with a receipt that is delayed, in one call', async () => {
      await begin({ dialog: answering(5000), ...policy({ read: { delay: { minMs: 2000 } } }) });
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['read+typing@2000', 'send@5000']);
    });

    it('comes with the receipt of moment replying while the reply is paced', async () => {
      const document = { read: { when: 'replying' }, reply: { delay: { minMs: 3000 } } };
      await begin({ dialog: answering(1000), ...policy(document) });
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['read+typing@1000', 'send@4000']);
    });

    it('ends with a dialog that answers nothing', async () => {
      await begin({ dialog: () => new Promise(resolve => setTimeout(resolve, 30_000)) });
      await world.say('w1');
      await world.time.pass(100_000);
      assert.deepEqual(story(), ['read+typing@0', 'read+typing@24000']);
    });

    it('that is under way is awaited before the reply', async () => {
      await begin({ dialog: answering(24_001) });
      world.channel.answer = ({ what }) => (what === 'read' ? { afterMs: 600 } : {});
      await world.say('w1');
      await world.time.pass(60_000);
      // The keep-alive begins 24 s after the receipt was answered.
      assert.deepEqual(story(), ['read+typing@0', 'send@24001']);
      await world.close();
      await begin({ dialog: answering(24_601) });
      world.channel.answer = ({ what }) => (what === 'read' ? { afterMs: 600 } : {});
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['read+typing@0', 'read+typing@24600', 'send@25200']);
    });

    it('that hangs is given up, so that it cannot land after the reply', async () => {
      await begin({ dialog: answering(25_000) });
      world.channel.answer = ({ what, at }) => (what === 'read' && at > start ? { afterMs: 'hang' } : {});
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['read+typing@0', 'read+typing@24000', 'send@26500']);
      assert.equal(world.channel.calls[1]?.ok, false);
      assert.equal(Number(world.channel.calls[1]?.endedAt) - start, 26_500);
    });

    it('stands alone where it does not read, and is stopped before the reply', async () => {
      await begin({
        capabilities: independent,
        dialog: answering(15_000),
        ...policy({ read: { when: 'manual' } }),
      });
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['typing@0', 'typing@10000', 'stopTyping@15000', 'send@15000']);
    });

    it('does not show on a message whose own receipt failed, although earlier ones are read', async () => {
      await begin({ dialog: answering(5000) });
      world.channel.answer = ({ messageId }) => (messageId === 'w2' ? { error: failures.refused } : {});
      await world.say('w1');
      await world.time.pass(6000);
      await world.say('w2');
      await world.time.pass(60_000);
      // The one call for w2 is its receipt, which the provider refused.
      assert.deepEqual(story(), ['read+typing@0', 'send@5000', 'read+typing@6000', 'send@11000']);
    });

    it('comes with the receipt also where the store is slow to say that a turn begins', async () => {
      const wrapStore = (store: Store): Store => ({
        ...store,
        async beginTurn(conversation, now) {
          for (let turn = 0; turn < 10; turn += 1) await setImmediate();
          return store.beginTurn(conversation, now);
        },
      });
      await begin({ wrapStore });
      await world.say('w1');
      assert.deepEqual(story(), ['read+typing@0', 'send@0']);
    });

    it('for a message that is read already shows only when the dialog takes its time', async () => {
      await begin({ dialog: turn => answering(turn.message.messageId === 'w2' ? 3000 : 100)(turn) });
      await world.say('w1', 'w2');
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['read+typing@0', 'send@100', 'read+typing@600', 'send@3100']);
      assert.equal(world.channel.calls[2]?.messageId, 'w2');
    });
  });

  describe('the reply', () => {
    it('waits for thinking, then for the receipt’s due time, then for pacing', async () => {
      const document = {
        think: { delay: { minMs: 1000 } },
        read: { delay: { minMs: 4000 } },
        reply: { delay: { minMs: 500, perCharacterMs: 100 } },
      };
      await begin({ dialog: answering(1000), ...policy(document) });
      await world.say('w1');
      await world.time.pass(60_000);
      // 'answer to w1' has 12 characters.
      assert.deepEqual(story(), ['read+typing@4000', `send@${4000 + 500 + 1200}`]);
    });

    it('is delayed by a provider that hangs by the barrier at most, and its receipt is tried again', async () => {
      await begin();
      world.channel.answer = ({ what, at }) => (what === 'read' && at === start ? { afterMs: 'hang' } : {});
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['read+typing@0', 'send@1500', 'read@2500']);
      assert.deepEqual(await world.outcomes(), { w1: 'sent' });
    });

    it('is not delayed by a receipt that is held', async () => {
      await begin({ ...policy({ read: { when: 'manual' } }) });
      await world.say('w1');
      assert.deepEqual(story(), ['send@0']);
    });

    it('is neither thought about nor paced while another message waits', async () => {
      const document = { think: { delay: { minMs: 5000 } }, reply: { delay: { minMs: 5000 } } };
      await begin({ ...policy(document) });
      await world.say('w1');
      await world.time.pass(1000);
      await world.say('w2');
      assert.deepEqual(
        world.channel.calls.filter(({ what }) => what === 'send').map(({ at }) => at - start),
        [1000],
      );
      await world.time.pass(60_000);
      assert.deepEqual(
        world.channel.calls.filter(({ what }) => what === 'send').map(({ at }) => at - start),
        [1000, 11_000],
      );
    });

    it('is not paced when another message came while the dialog worked, or while the receipt was waited for', async () => {
      for (const at of [500, 1500]) {
        const document = { read: { delay: { minMs: 2000 } }, reply: { delay: { minMs: 9000 } } };
        await begin({ dialog: answering(1000), ...policy(document) });
        await world.say('w1');
        await world.time.pass(at);
        await world.say('w2');
        await world.time.pass(1999 - at);
        assert.deepEqual(story(), []);
        await world.time.pass(1);
        // Whoever waits for the next answer anyway is not shown typing for this one.
        assert.deepEqual(story(), [at === 500 ? 'read@2000' : 'read+typing@2000', 'send@2000']);
        await world.time.pass(60_000);
        if (at === 500) await world.close();
      }
    });

    it('is sent later, and once, when the provider would not take it now; what follows keeps its place', async () => {
      await begin({
        dialog: async turn => {
          await turn.beforeReply(1);
          const first = await turn.send({ type: 'text', text: `one ${turn.message.messageId}` });
          const second = await turn.send({ type: 'text', text: `two ${turn.message.messageId}` });
          assert.equal(first.providerId, undefined);
          assert.equal(second.providerId, undefined);
        },
      });
      world.channel.answer = ({ what, at }) =>
        what === 'send' && at - start < 3000 ? { error: failures.overloaded } : {};
      await world.say('w1');
      await world.time.pass(60_000);
      const sends = world.channel.calls.filter(({ what }) => what === 'send');
      assert.deepEqual(
        sends.map(({ text, at, ok }) => [text, at - start, ok]),
        [
          ['one w1', 0, false],
          ['one w1', 1000, false],
          ['one w1', 3000, true],
          ['two w1', 3000, true],
        ],
      );
    });

    it('whose answer was lost is sent once more, and marked', async () => {
      await begin({ dialog: async turn => void (await turn.send({ type: 'text', text: 'a' })) });
      world.channel.answer = ({ what }) => (what === 'send' ? { error: failures.timeout } : {});
      await world.say('w1');
      await world.time.pass(600_000);
      assert.equal(world.channel.calls.filter(({ what }) => what === 'send').length, 2);
      const outbound = await world.store.outbound('o1');
      assert.deepEqual([outbound?.state, outbound?.interrupted, outbound?.failure], ['failed', 1, 'timeout']);
      assert.equal((await world.store.deadLetters(5)).length, 1);
    });

    it('that the store could not keep runs the turn again, whatever the bot made of the error', async () => {
      let isAway = true;
      const said: string[] = [];
      await begin({
        wrapStore: store => ({
          ...store,
          async addOutbound(request) {
            if (isAway) throw new BluetickError('store_unavailable', 'no disk');
            return store.addOutbound(request);
          },
        }),
        dialog: async turn => {
          const say = (text: string) => turn.send({ type: 'text', text }).then(() => said.push(text));
          // As an adapter's onTurnError does: the error ends there, and the bot says sorry.
          await say('answer').catch(() => say('sorry').catch(() => {}));
        },
      });
      await world.say('w1');
      await world.time.pass(500);
      assert.deepEqual(said, []);
      isAway = false;
      await world.time.pass(5000);
      assert.deepEqual(said, ['answer']);
      assert.deepEqual(
        world.turns.map(({ attempt }) => attempt),
        [1, 1],
      );
    });

    it('waits for a store that could not release its receipt: the turn runs again, and both go out', async () => {
      let isAway = true;
      await begin({
        policies: { default: { read: { when: 'replying' } } },
        wrapStore: store => ({
          ...store,
          async openReceipts(conversation, upTo) {
            if (isAway) throw new BluetickError('store_unavailable', 'no disk');
            return store.openReceipts(conversation, upTo);
          },
        }),
      });
      await world.say('w1');
      await world.time.pass(500);
      assert.deepEqual(world.channel.calls, []);
      isAway = false;
      await world.time.pass(5000);
      assert.deepEqual(
        world.channel.calls.map(({ what }) => what),
        ['read', 'send'],
      );
      assert.deepEqual(await world.outcomes(), { w1: 'sent' });
    });

    it('that the provider refuses for good fails the turn, once', async () => {
      await begin();
      world.channel.answer = ({ what }) => (what === 'send' ? { error: failures.windowClosed } : {});
      await world.say('w1');
      await world.time.pass(600_000);
      assert.equal(world.turns.length, 1);
      assert.deepEqual(
        (await world.store.deadLetters(5)).map(({ what }) => what),
        ['turn', 'outbound'],
      );
    });
  });

  describe('order', () => {
    it('is the order of the messages within a conversation; others go on beside', async () => {
      await begin({
        dialog: turn => answering(turn.message.messageId?.startsWith('slow') ? 10_000 : 0)(turn),
      });
      await world.say('slow1');
      await world.say('w2');
      await world.say({ providerId: 'x1', key: 'x1', customer: 'other' });
      await world.time.pass(60_000);
      const sends = world.channel.calls
        .filter(({ what }) => what === 'send')
        .map(({ text, at }) => [text, at - start]);
      assert.deepEqual(sends, [
        ['answer to x1', 0],
        ['answer to slow1', 10_000],
        ['answer to w2', 10_000],
      ]);
    });

    it('is the provider’s where messages came out of order in one webhook', async () => {
      await begin();
      const at = Date.now();
      await world.say(
        { providerId: 'w2', key: 'w2', sentAt: at },
        { providerId: 'w1', key: 'w1', sentAt: at - 5000 },
      );
      assert.deepEqual(
        world.turns.map(({ messageId }) => messageId),
        ['w1', 'w2'],
      );
    });
  });

  describe('errors', () => {
    it('run the turn again, in growing steps, and then leave a dead letter', async () => {
      await begin({
        dialog: async () => {
          throw new TypeError('a bug');
        },
      });
      await world.say('w1');
      await world.say('w2');
      await world.time.pass(600_000);
      assert.deepEqual(
        world.turns.filter(({ messageId }) => messageId === 'w1').map(({ attempt }) => attempt),
        [1, 2, 3, 4, 5],
      );
      const letters = await world.store.deadLetters(5);
      assert.deepEqual(
        letters.map(({ what, reason }) => [what, reason]),
        [
          ['turn', 'the bot failed: TypeError'],
          ['turn', 'the bot failed: TypeError'],
        ],
      );
    });

    it('do not repeat what was answered before them', async () => {
      let tries = 0;
      await begin({
        dialog: async turn => {
          tries += 1;
          await turn.send({ type: 'text', text: 'one' });
          if (tries < 3) throw new Error('later');
          await turn.send({ type: 'text', text: 'two' });
        },
      });
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(
        world.channel.calls.filter(({ what }) => what === 'send').map(({ text }) => text),
        ['one', 'two'],
      );
    });
  });

  it('do not run where no bot runs, and a conversation begins in the queue', async () => {
    await begin({ gateway: false });
    await world.say('w1');
    await world.time.pass(60_000);
    assert.deepEqual(world.channel.calls, []);
    const conversation = await world.store.conversation({
      channel: 'meta',
      business: 'b1',
      customer: '4915550001111',
    });
    assert.equal(conversation?.holder, 'queue');
    assert.deepEqual(await world.outcomes(), { w1: 'held' });
  });

  it('do not run while a human holds the conversation', async () => {
    await begin();
    await world.say('w1');
    const conversation = await world.store.conversation({
      channel: 'meta',
      business: 'b1',
      customer: '4915550001111',
    });
    await world.store.changeConversation(String(conversation?.id), { holder: 'agent' });
    await world.say('w2');
    await world.time.pass(60_000);
    assert.deepEqual(
      world.turns.map(({ messageId }) => messageId),
      ['w1'],
    );
    assert.deepEqual(await world.outcomes(), { w1: 'sent', w2: 'held' });
  });

  it('that a stop cuts off have not ended: nothing is said, and they are due again', async () => {
    await begin({ ...policy({ reply: { delay: { minMs: 10_000 } } }) });
    await world.say('w1');
    await world.time.pass(1000);
    const stopped = world.engine.stop();
    await world.time.settle();
    await stopped;
    assert.deepEqual(story(), ['read+typing@0']);
    const conversation = await world.store.conversation({
      channel: 'meta',
      business: 'b1',
      customer: '4915550001111',
    });
    const turn = await world.store.beginTurn(String(conversation?.id), world.time.now());
    // The try that never reached its end does not count.
    assert.deepEqual([turn?.message.messageId, turn?.attempt], ['w1', 1]);
  });
});
