import assert from 'node:assert/strict';
import type { Turn } from '../../../middleware/receipts/turn.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { failures } from '../../support/scriptedChannel.ts';

describe('the dialog’s handle, where things cross', () => {
  let world: World;
  let start: number;
  const begin = async (dialog: (turn: Turn) => Promise<unknown>, options: WorldOptions = {}) => {
    world = await engineWorld({ ...options, dialog: async turn => void (await dialog(turn)) });
    start = world.time.now();
  };
  afterEach(() => world.close());
  const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
  const policy = (document: object) => ({ policies: { default: document } });
  const story = () => world.channel.calls.map(({ what, at }) => `${what}@${at - start}`);
  const reply = async (turn: Turn) => {
    await turn.beforeReply(1);
    await turn.send({ type: 'text', text: 'x' });
  };
  const slowRead = (error?: () => Error) => {
    world.channel.answer = ({ what, at }) =>
      what === 'read' && at === start ? { afterMs: 500, ...(error && { error: error as never }) } : {};
  };

  it('says of a call under way how it ended: what was read is not held, what comes next is', async () => {
    const outcomes: unknown[] = [];
    await begin(async turn => {
      await wait(100);
      outcomes.push((await turn.receipts.hold()).outcome);
    });
    slowRead();
    await world.say('w1');
    await world.time.pass(2000);
    await world.say('w2');
    await world.time.pass(60_000);
    assert.deepEqual(outcomes, ['sent', 'held']);
    assert.deepEqual(await world.outcomes(), { w1: 'sent', w2: 'held' });
  });

  it('holds what a failed call was to be tried again for', async () => {
    const outcomes: unknown[] = [];
    await begin(async turn => {
      await wait(100);
      outcomes.push((await turn.receipts.hold()).outcome);
    });
    slowRead(failures.overloaded);
    await world.say('w1');
    await world.time.pass(60_000);
    assert.deepEqual(outcomes, ['held']);
    assert.deepEqual(story(), ['read@0']);
    assert.deepEqual(await world.outcomes(), { w1: 'held' });
  });

  it('keeps what somebody else holds while its call fails', async () => {
    await begin(async () => {});
    slowRead(failures.overloaded);
    await world.say('w1');
    const id = String((await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);
    const [receipt] = await world.store.openReceipts(id);
    const held = { ref: String(receipt?.ref), outcome: 'held', until: 'manual', because: 'by hand' } as const;
    await world.store.changeReceipts(id, [held], { now: start, leaseMs: 10_000, end: false });
    await world.time.pass(60_000);
    assert.deepEqual(story(), ['read@0']);
    assert.deepEqual(await world.outcomes(), { w1: 'held' });
  });

  it('does no harm where no receipt is owed', async () => {
    const seen: unknown[] = [];
    await begin(async turn => {
      const { receipts } = turn;
      seen.push(
        (await receipts.markRead()).outcome,
        (await receipts.hold()).outcome,
        await receipts.outcome(),
      );
      await reply(turn);
    });
    const reaction = { type: 'reaction', reaction: { to: 'out-1', emoji: '👍' } };
    await world.say({ providerId: 'w1', kind: 'reaction', content: reaction });
    await world.time.pass(1000);
    assert.deepEqual(seen, ['skipped', 'skipped', undefined]);
    assert.deepEqual(story(), ['send@0']);
    // Nothing was held for good by it.
    await world.say('w2');
    await world.time.pass(1000);
    assert.deepEqual(await world.outcomes(), { w2: 'sent' });
  });

  it('knows the receipt of a message that came without an id', async () => {
    let seen: unknown;
    await begin(async turn => {
      seen = await turn.receipts.outcome();
    });
    await world.engine.admit(world.channel, {
      messages: [
        {
          channel: 'meta',
          business: 'b1',
          customer,
          kind: 'message',
          key: 'event-1',
          sentAt: start,
          content: { type: 'text', text: 'hi' },
        },
      ],
      acknowledgements: [],
      rejected: [],
    });
    await world.time.pass(1000);
    assert.partialDeepStrictEqual(seen, { outcome: 'skipped' });
  });

  describe('with a policy for the message alone', () => {
    const under = policy({ read: { when: 'replying' } });

    for (const [when, outcome, calls] of [
      ['never', 'skipped', ['send@0']],
      ['manual', 'held', ['send@0']],
      ['accepted', 'sent', ['read@0', 'send@0']],
    ] as const) {
      it(`decides its receipt by read.when ${when}`, async () => {
        await begin(async turn => {
          await turn.receipts.setPolicy({ read: { when } }, 'message');
          await reply(turn);
        }, under);
        await world.say('w1');
        await world.time.pass(10_000);
        assert.deepEqual(await world.outcomes(), { w1: outcome });
        assert.deepEqual(story(), calls);
      });
    }

    it('delays its receipt, and takes several patches field by field', async () => {
      await begin(async turn => {
        await turn.receipts.setPolicy({ read: { delay: { minMs: 3000 } } }, 'message');
        await turn.receipts.setPolicy({ reply: { delay: { minMs: 1000 } } }, 'message');
        await reply(turn);
      }, under);
      await world.say('w1');
      await world.time.pass(20_000);
      assert.deepEqual(story(), ['read@3000', 'send@4000']);
    });
  });

  it('applies a policy for the conversation in this turn too', async () => {
    await begin(async turn => {
      await turn.receipts.setPolicy({ reply: { delay: { minMs: 2000 } } }, 'conversation');
      await reply(turn);
    });
    await world.say('w1');
    await world.time.pass(10_000);
    assert.deepEqual(story(), ['read@0', 'send@2000']);
  });

  it('shows no typing after the bot has let go', async () => {
    await begin(async turn => {
      await wait(1000);
      await turn.handOff();
      await turn.receipts.showTyping();
      await wait(30_000);
    });
    await world.say('w1');
    await world.time.pass(60_000);
    assert.deepEqual(
      world.channel.calls.filter(({ typing, at }) => typing && at > start),
      [],
    );
  });

  it('has the bot say nothing more once an agent has taken the conversation', async () => {
    await begin(async turn => {
      await wait(5000);
      await reply(turn);
    });
    await world.say('w1');
    await world.time.pass(1000);
    const id = String((await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);
    await world.engine.reportAgent(id, 'accepted');
    await world.time.pass(60_000);
    assert.deepEqual(story(), ['read@0']);
  });

  it('lets a bot rest for a minute in a turn, however often it asks', async () => {
    await begin(async turn => {
      for (let pause = 0; pause < 5; pause += 1) await turn.rest(25_000);
      await reply(turn);
    });
    await world.say('w1');
    await world.time.pass(200_000);
    assert.equal(story().at(-1), 'send@60000');
  });
});
