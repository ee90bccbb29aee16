import assert from 'node:assert/strict';
import { answering, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { failures, independent, readsByTyping } from '../../support/scriptedChannel.ts';

describe('receipts', () => {
  let world: World;
  const begin = async (options: WorldOptions = {}) => {
    world = await engineWorld(options);
    return world;
  };
  afterEach(() => world.close());

  const reads = () =>
    world.channel.calls.filter(({ what }) => what === 'read').map(({ messageId }) => messageId);
  const policy = (read: object, rest: object = {}) => ({ policies: { default: { read, ...rest } } });

  it('go out at once by default, with typing, before the answer', async () => {
    await begin();
    await world.say('w1');
    assert.deepEqual(
      world.channel.calls.map(({ what, messageId, typing, text }) => [what, messageId ?? text, typing]),
      [
        ['read', 'w1', true],
        ['send', 'answer to w1', false],
      ],
    );
    assert.deepEqual(await world.outcomes(), { w1: 'sent' });
  });

  it('cost one call for a burst in one webhook', async () => {
    await begin();
    const ids = Array.from({ length: 10 }, (_, index) => `w${index}`);
    await world.say(...ids);
    assert.deepEqual(reads(), ['w9']);
    const outcomes = await world.outcomes();
    assert.deepEqual(Object.values(outcomes).filter(outcome => outcome === 'covered').length, 9);
    assert.equal(outcomes.w9, 'sent');
  });

  it('cost one call for a burst within the read delay, at the time of the first', async () => {
    await begin(policy({ delay: { minMs: 2000 } }));
    const start = world.time.now();
    for (let index = 0; index < 10; index += 1) {
      await world.say(`w${index}`);
      await world.time.pass(100);
    }
    assert.deepEqual(reads(), []);
    await world.time.pass(5000);
    assert.deepEqual(reads(), ['w9']);
    assert.equal(world.channel.calls[0]?.at, start + 2000);
  });

  it('cost a call each where the policy wants each message read, or a receipt covers nothing', async () => {
    await begin(policy({ eachMessage: true }));
    await world.say('w1', 'w2', 'w3');
    assert.deepEqual(reads(), ['w1', 'w2', 'w3']);
    await world.close();
    await begin({ capabilities: independent });
    await world.say('w1', 'w2');
    assert.deepEqual(reads(), ['w1', 'w2']);
  });

  it('are not sent again for a message that is delivered again', async () => {
    await begin();
    await world.say('w1');
    const before = world.channel.calls.length;
    await world.say('w1');
    await world.time.pass(60_000);
    assert.equal(world.channel.calls.length, before);
    assert.equal(world.turns.length, 1);
  });

  it('wait for the bot’s first reply with moment replying, and go out before it', async () => {
    await begin({ ...policy({ when: 'replying' }), dialog: answering(3000) });
    await world.say('w1');
    await world.time.pass(2999);
    assert.deepEqual(world.channel.calls, []);
    await world.time.pass(1);
    assert.deepEqual(
      world.channel.calls.map(({ what, typing }) => [what, typing]),
      [
        ['read', false],
        ['send', false],
      ],
    );
  });

  it('stay held with moment manual and with an agent’s moment, and keep typing away', async () => {
    for (const when of ['manual', 'agentAccepted', 'agentOpened', 'agentReplied']) {
      await begin({ ...policy({ when }), dialog: answering(30_000) });
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(
        world.channel.calls.map(({ what }) => what),
        ['send'],
        when,
      );
      assert.deepEqual(await world.outcomes(), { w1: 'held' });
      if (when !== 'agentReplied') await world.close();
    }
  });

  it('are skipped at admission with never, and typing would read, so it stays away too', async () => {
    await begin({ ...policy({ when: 'never' }), dialog: answering(60_000) });
    await world.say('w1');
    await world.time.pass(100_000);
    assert.deepEqual(
      world.channel.calls.map(({ what }) => what),
      ['send'],
    );
    const [receipt] = await world.receipts();
    assert.deepEqual([receipt?.outcome, receipt?.because], ['skipped', 'read.when is never']);
  });

  it('are skipped, and warned of, where the provider gave no id', async () => {
    await begin();
    await world.say({ key: 'event-1' });
    const [receipt] = await world.receipts();
    assert.equal(receipt?.outcome, 'skipped');
    assert.match(String(receipt?.because), /^no-provider-id/);
    assert.equal(world.turns.length, 1);
    assert.ok(
      world.log.lines.some(({ level, message }) => level === 'warn' && /without an id/.test(message)),
    );
  });

  it('are not owed for reactions, notices and echoes', async () => {
    await begin();
    const kinds = ['reaction', 'welcome', 'system', 'revoke', 'edit', 'echo'] as const;
    await world.say(...kinds.map(kind => ({ kind, providerId: kind, key: kind })));
    assert.deepEqual(await world.receipts(), []);
    assert.deepEqual(
      world.turns.map(({ messageId }) => messageId),
      ['reaction', 'welcome'],
    );
  });

  it('are unsupported where reading shows typing and nobody accepted that, and then nothing is called', async () => {
    await begin({ capabilities: readsByTyping, dialog: answering(60_000) });
    await world.say('w1');
    await world.time.pass(61_000);
    assert.deepEqual(
      world.channel.calls.map(({ what }) => what),
      ['send'],
    );
    assert.deepEqual(await world.outcomes(), { w1: 'unsupported' });
    await world.close();
    await begin({
      capabilities: readsByTyping,
      ...policy({ acceptTypingWithRead: true }, { typing: { show: false } }),
    });
    await world.say('w1');
    assert.deepEqual(
      world.channel.calls.map(({ what, typing }) => [what, typing]),
      [
        ['read', true],
        ['send', false],
      ],
    );
  });

  it('are left alone for a business that the channel does not serve', async () => {
    await begin();
    await world.say({ providerId: 'w1', key: 'w1', business: 'somebody else' });
    assert.deepEqual(world.channel.calls, []);
    assert.equal(
      await world.store.conversation({
        channel: 'meta',
        business: 'somebody else',
        customer: '4915550001111',
      }),
      undefined,
    );
  });

  it('are tried again after a fault that passes, and the answer waits no longer than the barrier', async () => {
    await begin();
    let refusals = 3;
    world.channel.answer = ({ what }) => {
      if (what === 'read' && refusals > 0) {
        refusals -= 1;
        return { error: failures.overloaded };
      }
      return {};
    };
    await world.say('w1');
    await world.time.pass(1500);
    const first = Number(world.channel.calls[0]?.at);
    const seen = world.channel.calls.map(({ what, at }) => [what, at - first]);
    assert.deepEqual(seen, [
      ['read', 0],
      ['read', 1000],
      ['send', 1000],
    ]);
    assert.deepEqual(await world.outcomes(), { w1: 'scheduled' });
    await world.time.pass(30_000);
    const tries = world.channel.calls.filter(({ what }) => what === 'read');
    assert.deepEqual(
      tries.map(({ at, typing }) => [at - first, typing]),
      [
        [0, true],
        [1000, true],
        [3000, false],
        [7000, false],
      ],
    );
    const [receipt] = await world.receipts();
    assert.deepEqual([receipt?.outcome, receipt?.attempts], ['sent', 4]);
  });

  it('wait as long as the provider asks', async () => {
    await begin();
    world.channel.answer = ({ what, order }) =>
      what === 'read' && order < 5 ? { error: failures.slowDown(45_000) } : {};
    await world.say('w1');
    await world.time.pass(44_999);
    assert.equal(reads().length, 1);
    await world.time.pass(1);
    assert.equal(reads().length, 2);
  });

  it('end as failed when the provider refuses for good, with its code, and those before are tried by themselves', async () => {
    await begin();
    world.channel.answer = ({ what, messageId }) =>
      what === 'read' && messageId === 'w3' ? { error: failures.refused } : {};
    await world.say('w1', 'w2', 'w3');
    assert.deepEqual(reads(), ['w3', 'w2']);
    assert.deepEqual(await world.outcomes(), { w1: 'covered', w2: 'sent', w3: 'failed' });
    const failed = (await world.receipts()).find(({ messageId }) => messageId === 'w3');
    assert.match(String(failed?.because), /131009/);
  });

  it('expire when they stayed open for as long as the provider takes them', async () => {
    await begin({ ...policy({ when: 'manual' }) });
    await world.say('w1');
    await world.time.jump(30 * 24 * 60 * 60 * 1000 + 1);
    await world.time.pass(61_000);
    assert.deepEqual(await world.outcomes(), { w1: 'expired' });
  });

  it('wait, all of them, while the channel’s credentials are refused, and none fails', async () => {
    await begin();
    let bad = true;
    world.channel.answer = () => (bad ? { error: failures.badToken } : {});
    await world.say('w1');
    await world.say({ providerId: 'x1', key: 'x1', customer: 'other' });
    const calls = world.channel.calls.length;
    await world.time.pass(50_000);
    assert.equal(world.channel.calls.length, calls);
    assert.ok(world.log.lines.some(({ level, message }) => level === 'error' && /credentials/.test(message)));
    bad = false;
    await world.time.pass(120_000);
    assert.deepEqual(
      [await world.outcomes(), await world.outcomes('other')],
      [{ w1: 'sent' }, { x1: 'sent' }],
    );
    assert.deepEqual(world.channel.calls.filter(({ what, ok }) => what === 'send' && ok).length, 2);
  });

  it('of one customer wait after 131056 in growing steps, and no other customer’s do', async () => {
    await begin();
    world.channel.answer = ({ what, customer }) =>
      what === 'read' && customer !== 'other' ? { error: failures.tooManyToOne } : {};
    await world.say('w1');
    await world.say({ providerId: 'x1', key: 'x1', customer: 'other' });
    await world.time.pass(90_000);
    const tries = world.channel.calls.filter(({ what, customer }) => what === 'read' && customer !== 'other');
    const [first] = tries;
    assert.deepEqual(
      tries.map(({ at }) => at - Number(first?.at)),
      [0, 1000, 5000, 21_000, 85_000],
    );
    assert.deepEqual(await world.outcomes('other'), { x1: 'sent' });
  });

  it('stop being called when the whole provider fails, and go on when it is back', async () => {
    await begin({ ...policy({}, { typing: { show: false } }) });
    let down = true;
    world.channel.answer = ({ what }) => (what === 'read' && down ? { error: failures.overloaded } : {});
    for (let index = 0; index < 20; index += 1) {
      await world.say({ providerId: `x${index}`, key: `x${index}`, customer: `c${index}` });
    }
    assert.equal(reads().length, 5);
    down = false;
    await world.time.pass(60_000);
    for (let index = 0; index < 20; index += 1) {
      assert.deepEqual(await world.outcomes(`c${index}`), { [`x${index}`]: 'sent' });
    }
  });

  it('never have two calls under way in a conversation; the next serves what came meanwhile', async () => {
    await begin({ ...policy({}, { typing: { show: false } }) });
    world.channel.answer = ({ what }) => (what === 'read' ? { afterMs: 800 } : {});
    await world.say('w1');
    for (const id of ['w2', 'w3', 'w4']) {
      await world.time.pass(100);
      await world.say(id);
    }
    await world.time.pass(5000);
    assert.deepEqual(await world.outcomes(), { w1: 'sent', w2: 'covered', w3: 'covered', w4: 'sent' });
    assert.deepEqual(reads(), ['w1', 'w4']);
  });
});
