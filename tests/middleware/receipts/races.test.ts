import assert from 'node:assert/strict';
import type { Conversation, InboundMessage } from '../../../middleware/domain.ts';
import { BluetickError } from '../../../middleware/errors.ts';
import type { Store } from '../../../middleware/ports.ts';
import {
  answering,
  customer,
  engineWorld,
  type World,
  type WorldOptions,
} from '../../support/engineWorld.ts';
import { failures, metaLike } from '../../support/scriptedChannel.ts';

/** A number whose provider sets no rate, for tests about thousands. */
const fast = { ...metaLike, callsPerSecond: 1_000_000 };
const address = { channel: 'meta', business: 'b1', customer } as const;

describe('what happens at the same moment', () => {
  let world: World;
  const begin = async (options: WorldOptions = {}) => {
    world = await engineWorld(options);
    return world;
  };
  afterEach(() => world.close());

  const message = (id: string, over: Partial<InboundMessage> = {}): InboundMessage => ({
    ...address,
    kind: 'message',
    key: id,
    providerId: id,
    sentAt: Date.now(),
    content: { type: 'text', text: 'x' },
    ...over,
  });
  /** Admits without waiting: its store call joins the commit of whoever called just before. */
  const admitAside = (...ids: string[]) =>
    void world.engine.admit(world.channel, {
      messages: ids.map(id => message(id)),
      acknowledgements: [],
      rejected: [],
    });
  const sends = () => world.channel.calls.filter(({ what }) => what === 'send').map(({ text }) => text);
  /** A store that does something beside the first call of one operation, in the same commit. */
  const beside =
    <Name extends keyof Store>(
      name: Name,
      act: () => void,
      when: (...args: unknown[]) => boolean = () => true,
    ) =>
    (store: Store): Store => {
      let done = false;
      const original = store[name] as (...args: unknown[]) => Promise<unknown>;
      return {
        ...store,
        [name](...args: unknown[]) {
          const result = original(...args);
          if (!done && when(...args)) {
            done = true;
            act();
          }
          return result;
        },
      };
    };
  /** A store whose first call of one operation fails, as one that is away for a moment does. */
  const failingOnce =
    (name: keyof Store) =>
    (store: Store): Store => {
      let failed = false;
      const original = store[name] as (...args: unknown[]) => Promise<unknown>;
      return {
        ...store,
        [name](...args: unknown[]) {
          if (failed) return original(...args);
          failed = true;
          return Promise.reject(new BluetickError('store_unavailable', 'the store is away'));
        },
      };
    };

  it('a message that is admitted in the commit that ends a turn has its turn at once', async () => {
    await begin({ wrapStore: beside('endTurn', () => admitAside('w2')) });
    await world.say('w1');
    await world.time.pass(100);
    assert.deepEqual(sends(), ['answer to w1', 'answer to w2']);
  });

  it('a receipt that falls due in the commit that ends the last one goes out at once', async () => {
    const ends = (_id: unknown, _changes: unknown, options: unknown) => (options as { end: boolean }).end;
    await begin({
      gateway: false,
      policies: { default: { handoff: { read: 'accepted' } } },
      wrapStore: beside('changeReceipts', () => admitAside('w2'), ends),
    });
    await world.say('w1');
    await world.time.pass(100);
    assert.deepEqual(await world.outcomes(), { w1: 'sent', w2: 'sent' });
  });

  it('a message that is sent in the commit that ends the last send is not sent twice, however long its call takes', async () => {
    let conversation: Conversation | undefined;
    const isSent = (_ref: unknown, change: unknown) => (change as { state: string }).state === 'sent';
    const sendB = () => void world.engine.send(conversation as Conversation, { type: 'text', text: 'B' });
    await begin({ gateway: false, wrapStore: beside('changeOutbound', sendB, isSent) });
    await world.say('w1');
    conversation = await world.store.conversation(address);
    let failed = false;
    world.channel.answer = ({ text }) => {
      if (text === 'B') return { afterMs: 12_000 };
      if (text !== 'A' || failed) return {};
      failed = true;
      return { error: failures.overloaded };
    };
    await world.engine.send(conversation as Conversation, { type: 'text', text: 'A' });
    await world.time.pass(60_000);
    assert.deepEqual(sends(), ['A', 'A', 'B']);
  });

  for (const name of ['beginTurn', 'endTurn', 'dueReceipts', 'changeReceipts', 'claimDue'] as const) {
    it(`a store that fails once at ${name} delays the message, and loses nothing`, async () => {
      await begin({ wrapStore: failingOnce(name) });
      await world.say('w1');
      await world.time.pass(60_000);
      assert.deepEqual(await world.outcomes(), { w1: 'sent' });
      assert.deepEqual(new Set(sends()), new Set(['answer to w1']));
    });
  }

  it('a store that fails to record a send is asked until it does, and the customer has the message once', async () => {
    await begin({ wrapStore: failingOnce('changeOutbound') });
    await world.say('w1');
    await world.time.pass(60_000);
    assert.deepEqual(sends(), ['answer to w1']);
    assert.equal((await world.store.outbound('o1'))?.state, 'sent');
  });

  it('many receipts that hang keep no reply waiting beyond the barrier', async () => {
    await begin({ policies: { default: { typing: { show: false } } } });
    world.channel.answer = ({ what }) => (what === 'read' ? { afterMs: 'hang' } : {});
    const start = world.time.now();
    for (let index = 0; index < 75; index += 1) {
      await world.engine.admit(world.channel, {
        messages: [message(`x${index}`, { customer: `c${index}` })],
        acknowledgements: [],
        rejected: [],
      });
    }
    await world.time.pass(3000);
    const replies = world.channel.calls.filter(({ what }) => what === 'send');
    assert.equal(replies.length, 75);
    assert.ok(
      replies.every(({ at }) => at - start <= 1500 + 1000),
      'the provider’s rate of 80 a second apart, nothing adds',
    );
  });

  it('receipts that fail close nothing for replies', async () => {
    await begin({ policies: { default: { typing: { show: false }, reply: { receiptBarrierMs: 100 } } } });
    world.channel.answer = ({ what }) => (what === 'read' ? { error: failures.overloaded } : {});
    const start = world.time.now();
    for (let index = 0; index < 10; index += 1)
      await world.say(message(`x${index}`, { customer: `c${index}` }));
    await world.time.pass(1000);
    const replies = world.channel.calls.filter(({ what }) => what === 'send');
    assert.deepEqual(
      replies.map(({ at }) => at - start <= 100),
      Array.from({ length: 10 }, () => true),
    );
  });

  it('a limit with Retry-After stops the other receipts of the number too', async () => {
    await begin();
    const start = world.time.now();
    world.channel.answer = ({ what, at }) =>
      what === 'read' && at - start < 30_000 ? { error: failures.slowDown(30_000) } : {};
    await world.say('w1');
    await world.time.pass(2000);
    await world.say(message('x1', { customer: 'other' }), message('w2'));
    await world.time.pass(27_000);
    assert.equal(world.channel.calls.filter(({ what }) => what === 'read').length, 1);
    assert.equal(sends().length, 3);
    await world.time.pass(10_000);
    assert.deepEqual(
      [await world.outcomes(), await world.outcomes('other')],
      [{ w1: 'covered', w2: 'sent' }, { x1: 'sent' }],
    );
  });

  it('a provider that gives one id to two customers loses neither webhook', async () => {
    await begin();
    await world.say('w1');
    await world.say(message('w1', { customer: 'other' }), message('x2', { customer: 'other' }));
    await world.time.pass(1000);
    assert.deepEqual(await world.outcomes('other'), { x2: 'sent' });
  });

  it('more than a thousand messages that are held keep neither each other nor anybody else busy', async () => {
    await begin({ policies: { default: { read: { when: 'manual' } } }, dialog: async () => {} });
    for (let batch = 0; batch < 11; batch += 1) {
      await world.say(...Array.from({ length: 100 }, (_, index) => `w${batch}-${index}`));
    }
    await world.time.pass(60_000);
    const outcomes = new Set(Object.values(await world.outcomes()));
    assert.deepEqual([...outcomes], ['held']);
    assert.deepEqual(world.channel.calls, []);
  });

  it('more conversations than there is room for are all served, read before they are answered', async () => {
    await begin({
      policies: { default: { read: { delay: { minMs: 5000 } }, typing: { show: false } } },
      capabilities: fast,
    });
    const messages = Array.from({ length: 2300 }, (_, index) =>
      message(`x${index}`, { customer: `c${index}` }),
    );
    await world.engine.admit(world.channel, { messages, acknowledgements: [], rejected: [] });
    await world.time.pass(20_000);
    const read = new Map(
      world.channel.calls.filter(({ what }) => what === 'read').map(call => [call.customer, call.order]),
    );
    const replies = world.channel.calls.filter(({ what }) => what === 'send');
    assert.equal(replies.length, 2300);
    assert.ok(replies.every(({ customer: to, order }) => Number(read.get(to)) < order));
  }).timeout(60_000);

  it('a reply whose receipt is due in an hour waits in the store, not in memory, and goes out behind it', async () => {
    const hour = 3_600_000;
    await begin({ policies: { default: { read: { delay: { minMs: hour } } } } });
    const start = world.time.now();
    await world.say('w1');
    const turn = world.turns[0];
    assert.ok(turn?.ended !== undefined, 'the turn has ended');
    await world.time.pass(hour + 60_000);
    const seen = world.channel.calls.map(({ what, at }) => [what, at - start]);
    assert.deepEqual(seen, [
      ['read', hour],
      ['send', hour + 1500],
    ]);
  });

  it('a turn whose channel is off for a while is not lost', async () => {
    await begin();
    const other = { ...message('t1', { channel: 'twilio', customer: 'tina' }) };
    await world.store.admit({
      admissions: [
        {
          message: other,
          decidedOn: undefined,
          receipt: undefined,
          solo: false,
          expiresAt: undefined,
          characters: 1,
          turn: true,
        },
      ],
      rejected: [],
      firstHolder: 'bot',
      now: world.time.now(),
      leaseMs: 1,
    });
    // Another message makes somebody look.
    await world.say('w1');
    await world.time.pass(3_600_000);
    assert.deepEqual(await world.store.deadLetters(5), []);
    const tina = await world.store.conversation({ channel: 'twilio', business: 'b1', customer: 'tina' });
    const turn = await world.store.beginTurn(String(tina?.id), world.time.now() + 60_000);
    assert.equal(turn?.attempt, 1);
  });

  it('nobody’s log says what a customer wrote, also when the bot fails with it', async () => {
    await begin({
      dialog: async turn => {
        throw new Error(`cannot handle "${turn.message.content.text}" of ${turn.conversation.customer}`);
      },
    });
    await world.say('w1');
    await world.time.pass(60_000);
    assert.ok(world.log.lines.some(({ message: line }) => line === 'The turn failed'));
    assert.doesNotMatch(JSON.stringify(world.log.lines), /text of w1|4915550001111/);
  });

  it('a reaction’s answer is followed by no typing', async () => {
    await begin({ dialog: answering(5000) });
    await world.say(message('r1', { kind: 'reaction', content: { type: 'reaction' } }));
    await world.time.pass(60_000);
    assert.deepEqual(
      world.channel.calls.map(({ what }) => what),
      ['send'],
    );
  });

  it('an echo of our own opens no window', async () => {
    await begin();
    await world.say(message('e1', { kind: 'echo' }));
    const conversation = await world.store.conversation(address);
    await assert.rejects(world.engine.send(conversation as Conversation, { type: 'text', text: 'hi' }), {
      code: 'window_closed',
    });
  });
});
