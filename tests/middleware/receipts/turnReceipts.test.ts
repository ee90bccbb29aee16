import assert from 'node:assert/strict';
import type { Turn } from '../../../middleware/receipts/turn.ts';
import { receiptsOf } from '../../../middleware/turn/receiptsOf.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { failures } from '../../support/scriptedChannel.ts';

describe('the dialog’s handle on its receipt', () => {
  let world: World;
  let start: number;
  const begin = async (dialog: (turn: Turn) => Promise<unknown>, options: WorldOptions = {}) => {
    world = await engineWorld({ ...options, dialog: async turn => void (await dialog(turn)) });
    start = world.time.now();
  };
  afterEach(() => world.close());
  const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
  const policy = (document: object) => ({ policies: { default: document } });
  const story = () =>
    world.channel.calls.map(({ what, typing, at }) => `${what}${typing ? '+typing' : ''}@${at - start}`);
  const reply = async (turn: Turn) => {
    await turn.beforeReply(1);
    await turn.send({ type: 'text', text: 'x' });
  };

  it('marks the message read when the dialog says so, with typing if it goes on working', async () => {
    const outcomes: unknown[] = [];
    await begin(
      async turn => {
        await wait(1000);
        outcomes.push((await turn.receipts.markRead()).outcome);
        await wait(2000);
        await reply(turn);
      },
      policy({ read: { when: 'manual' } }),
    );
    await world.say('w1');
    await world.time.pass(10_000);
    assert.deepEqual(outcomes, ['sent']);
    assert.deepEqual(story(), ['read+typing@1000', 'send@3000']);
  });

  it('holds a receipt that has not gone out, whatever the policy says', async () => {
    const outcomes: unknown[] = [];
    await begin(
      async turn => {
        outcomes.push((await turn.receipts.hold()).outcome, (await turn.receipts.outcome())?.because);
        await reply(turn);
      },
      policy({ read: { when: 'replying' } }),
    );
    await world.say('w1');
    await world.time.pass(10_000);
    assert.deepEqual(outcomes, ['held', 'the dialog holds it']);
    assert.deepEqual(story(), ['send@0']);
    assert.deepEqual(await world.outcomes(), { w1: 'held' });
  });

  it('cannot hold what has gone out: it says so, and holds what comes next', async () => {
    const outcomes: unknown[] = [];
    await begin(async turn => {
      await wait(100);
      outcomes.push((await turn.receipts.hold()).outcome);
      await reply(turn);
    });
    await world.say('w1');
    await world.time.pass(1000);
    await world.say('w2');
    await world.time.pass(1000);
    assert.deepEqual(outcomes, ['sent', 'held']);
    assert.deepEqual(await world.outcomes(), { w1: 'sent', w2: 'held' });
  });

  it('shows typing again after a reply, when the dialog asks, and ends it with the next one', async () => {
    await begin(async turn => {
      await reply(turn);
      await turn.receipts.showTyping();
      await wait(3000);
      await reply(turn);
    });
    await world.say('w1');
    await world.time.pass(60_000);
    assert.deepEqual(story(), ['read+typing@0', 'send@0', 'read+typing@0', 'send@3000']);
  });

  it('shows no typing while the message is held', async () => {
    await begin(
      async turn => {
        await turn.receipts.showTyping();
        await wait(3000);
      },
      policy({ read: { when: 'manual' } }),
    );
    await world.say('w1');
    await world.time.pass(60_000);
    assert.deepEqual(story(), []);
  });

  it('changes the policy for the message: how its reply is paced', async () => {
    await begin(async turn => {
      if (turn.message.messageId === 'w1')
        await turn.receipts.setPolicy({ reply: { delay: { minMs: 4000 } } }, 'message');
      await reply(turn);
    });
    await world.say('w1');
    await world.time.pass(10_000);
    await world.say('w2');
    await world.time.pass(10_000);
    assert.deepEqual(story(), ['read+typing@0', 'send@4000', 'read+typing@10000', 'send@10000']);
  });

  it('changes the policy of the conversation, field by field, and refuses what cannot be', async () => {
    const errors: unknown[] = [];
    await begin(async turn => {
      const { receipts } = turn;
      await receipts.setPolicy({ read: { delay: { minMs: 500 } } }, 'conversation');
      await receipts.setPolicy({ typing: { show: false } }, 'conversation');
      for (const bad of [
        { read: { wen: 1 } },
        { read: { when: 'never' }, typing: { show: true } },
        { read: { delay: { maxMs: 1 } } },
      ]) {
        await receipts.setPolicy(bad as never, 'conversation').catch(error => errors.push(error.field));
      }
      await reply(turn);
    });
    await world.say('w1');
    await world.time.pass(1000);
    const conversation = await world.store.conversation({ channel: 'meta', business: 'b1', customer });
    assert.deepEqual(conversation?.policy, { read: { delay: { minMs: 500 } }, typing: { show: false } });
    assert.equal(errors.length, 3);
    await world.say('w2');
    await world.time.pass(1000);
    assert.deepEqual(story().slice(2), ['read@1500', 'send@1500']);
  });

  it('never throws what a provider did', async () => {
    const outcomes: unknown[] = [];
    await begin(
      async turn => {
        outcomes.push((await turn.receipts.markRead()).outcome);
        await reply(turn);
      },
      policy({ read: { when: 'manual' } }),
    );
    world.channel.answer = ({ what }) => (what === 'read' ? { error: failures.refused } : {});
    await world.say('w1');
    await world.time.pass(10_000);
    assert.deepEqual(outcomes, ['failed']);
    assert.equal(world.channel.calls.filter(({ what }) => what === 'send').length, 1);
  });

  it('does nothing where no message of WhatsApp is behind the turn', async () => {
    await begin(async () => {});
    const receipts = receiptsOf({ turnState: { get: () => undefined, set: () => {} } });
    assert.equal((await receipts.markRead()).outcome, 'skipped');
    assert.equal((await receipts.hold()).outcome, 'skipped');
    await receipts.showTyping();
    await receipts.setPolicy({}, 'message');
    assert.equal(await receipts.outcome(), undefined);
  });
});
