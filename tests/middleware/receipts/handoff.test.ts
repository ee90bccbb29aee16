import assert from 'node:assert/strict';
import type { AgentEvent } from '../../../middleware/receipts/agentReports.ts';
import {
  answering,
  customer,
  engineWorld,
  type World,
  type WorldOptions,
} from '../../support/engineWorld.ts';
import { failures } from '../../support/scriptedChannel.ts';

describe('hand-off', () => {
  let world: World;
  let id: string;
  const begin = async (options: WorldOptions = {}) => {
    world = await engineWorld(options);
    await world.say('w0');
    await world.time.pass(1000);
    id = String((await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);
    world.channel.calls.length = 0;
  };
  afterEach(() => world.close());

  const report = async (event: AgentEvent) => {
    const conversation = await world.engine.reportAgent(id, event);
    await world.time.settle();
    return conversation.holder;
  };
  const story = () =>
    world.channel.calls.map(
      ({ what, messageId, typing, text }) => `${what} ${messageId ?? text}${typing ? ' typing' : ''}`,
    );
  const policy = (document: object) => ({ policies: { default: document } });

  it('holds receipts until an agent opens the conversation, and then sends one call for all', async () => {
    await begin();
    assert.equal((await world.engine.handOff(id)).holder, 'queue');
    await world.say('w1');
    await world.say('w2');
    assert.equal(await report('accepted'), 'agent');
    assert.deepEqual([story(), await world.outcomes()], [[], { w0: 'sent', w1: 'held', w2: 'held' }]);
    await report('opened');
    assert.deepEqual(story(), ['read w2']);
    assert.deepEqual(await world.outcomes(), { w0: 'sent', w1: 'covered', w2: 'sent' });
    assert.equal(world.turns.length, 1, 'the bot is silent while agents hold the conversation');
  });

  it('releases at the moment that the policy names; a later one implies it', async () => {
    for (const [read, event] of [
      ['agentAccepted', 'accepted'],
      ['agentReplied', 'replied'],
      ['agentAccepted', 'opened'],
      ['agentOpened', 'replied'],
    ] as const) {
      await begin({ ...policy({ handoff: { read } }) });
      await world.engine.handOff(id);
      await world.say('w1');
      await report(event);
      assert.deepEqual(story(), ['read w1'], `${read} by ${event}`);
      if (read !== 'agentOpened') await world.close();
    }
  });

  it('decides anew about what is open when the bot lets go', async () => {
    await begin({ ...policy({ read: { delay: { minMs: 5000 } } }), dialog: async () => {} });
    await world.say('w1');
    await world.engine.handOff(id);
    await world.time.pass(60_000);
    assert.deepEqual(await world.outcomes(), { w0: 'held', w1: 'held' });
    await report('opened');
    await world.time.pass(5000);
    assert.deepEqual(story(), ['read w1']);
  });

  it('stops the bot’s typing', async () => {
    await begin({ dialog: answering(100_000) });
    await world.engine.handOff(id);
    await world.time.pass(60_000);
    assert.deepEqual(story(), []);
  });

  it('shows an agent’s typing on what is read, and not while a receipt is held', async () => {
    await begin();
    await world.engine.handOff(id);
    await report('typing');
    assert.deepEqual(story(), ['read w0 typing']);
    await world.say('w1');
    await report('typing');
    assert.deepEqual(story(), ['read w0 typing']);
    await report('opened');
    await report('typing');
    assert.deepEqual(story(), ['read w0 typing', 'read w1', 'read w1 typing']);
  });

  it('shows no agent’s typing where the policy says no, and outlives a provider that refuses it', async () => {
    await begin({ ...policy({ handoff: { typing: false } }) });
    await report('typing');
    assert.deepEqual(story(), []);
    await world.close();
    await begin();
    world.channel.answer = () => ({ error: failures.overloaded });
    assert.equal(await report('typing'), 'agent');
  });

  it('ends what nobody read as skipped when the agent closes, and gives the conversation back to the bot', async () => {
    await begin();
    await world.engine.handOff(id);
    await world.say('w1');
    assert.equal(await report('closed'), 'bot');
    const [receipt] = await world.receipts();
    assert.deepEqual([receipt?.outcome, receipt?.because], ['skipped', 'closed unread']);
    await world.say('w2');
    assert.deepEqual(story(), ['read w2 typing', 'send answer to w2']);
  });

  it('counts what no agent has seen, whatever the customer’s ticks say', async () => {
    await begin();
    const unread = async () => (await world.store.conversationView(id))?.unread;
    assert.equal(await unread(), 1);
    await world.say('w1');
    assert.equal(await unread(), 2);
    await report('accepted');
    assert.equal(await unread(), 2);
    await report('opened');
    assert.equal(await unread(), 0);
    await world.say('w2');
    assert.equal(await unread(), 1);
  });

  it('does no harm when an event comes twice or for nobody', async () => {
    await begin();
    for (const event of ['opened', 'opened', 'accepted', 'closed', 'closed'] as const) await report(event);
    assert.deepEqual(story(), []);
    await assert.rejects(world.engine.reportAgent('c_nobody', 'opened'), { code: 'unknown_conversation' });
    await assert.rejects(world.engine.handOff('c_nobody'), { code: 'unknown_conversation' });
  });

  describe('marking read by hand', () => {
    const mark = async (messageId: string, includeHeld = false) => {
      const marked = world.engine.markRead({ channel: 'meta', messageId, includeHeld });
      await world.time.settle();
      return (await marked).map(({ outcome }) => outcome);
    };

    it('sends a receipt that waits for something else, now', async () => {
      await begin({ ...policy({ read: { when: 'manual' } }), dialog: async () => {} });
      assert.deepEqual(await mark('w0'), ['sent']);
      assert.deepEqual(await mark('w0'), ['sent'], 'asked again: it has ended');
      assert.equal(world.channel.calls.length, 1);
    });

    it('stays behind an earlier message that is held, unless that may be read with it', async () => {
      await begin({ ...policy({ read: { when: 'manual' } }), dialog: async () => {} });
      await world.time.pass(1000);
      await world.say('w1');
      assert.deepEqual(await mark('w1'), ['held']);
      assert.deepEqual(await mark('w1', true), ['sent']);
      assert.deepEqual(await world.outcomes(), { w0: 'covered', w1: 'sent' });
      assert.deepEqual(story(), ['read w1']);
    });

    it('takes a whole conversation in one call', async () => {
      await begin({ ...policy({ read: { when: 'agentOpened' } }), dialog: async () => {} });
      await world.say('w1', 'w2');
      const marked = world.engine.markRead({ conversation: id });
      await world.time.settle();
      assert.deepEqual((await marked).map(({ outcome }) => outcome).toSorted(), [
        'covered',
        'covered',
        'sent',
      ]);
      assert.deepEqual(story(), ['read w2']);
    });

    it('answers that it is still scheduled when the provider takes too long', async () => {
      await begin({ ...policy({ read: { when: 'manual' } }), dialog: async () => {} });
      world.channel.answer = () => ({ afterMs: 'hang' });
      const marked = world.engine.markRead({ channel: 'meta', messageId: 'w0' });
      await world.time.pass(5000);
      assert.deepEqual(
        (await marked).map(({ outcome }) => outcome),
        ['scheduled'],
      );
    });

    it('knows what it does not know', async () => {
      await begin();
      await world.say({ providerId: 'r1', key: 'r1', kind: 'reaction' });
      await assert.rejects(world.engine.markRead({ channel: 'meta', messageId: 'w9' }), {
        code: 'unknown_message',
      });
      await assert.rejects(world.engine.markRead({ channel: 'acs', messageId: 'w0' }), {
        code: 'unknown_message',
      });
      await assert.rejects(world.engine.markRead({ channel: 'meta', messageId: 'r1' }), {
        code: 'unknown_message',
      });
      await assert.rejects(world.engine.markRead({ conversation: 'c_x' }), { code: 'unknown_conversation' });
    });
  });
});
