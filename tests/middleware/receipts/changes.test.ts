import assert from 'node:assert/strict';
import type { Change } from '../../../middleware/receipts/changes.ts';
import { answering, customer, engineWorld, type World } from '../../support/engineWorld.ts';

describe('what the engine tells of what changes', () => {
  let world: World;
  const told: Change[] = [];
  async function start(...options: Parameters<typeof engineWorld>) {
    world = await engineWorld(...options);
    told.length = 0;
    const stop = world.engine.onChange(change => void told.push(change));
    const address = { channel: 'meta', business: 'b1', customer } as const;
    return { stop, id: async () => String((await world.store.conversation(address))?.id) };
  }
  afterEach(() => world.close());

  /** Each change in a few words. */
  const words = () =>
    told.map(change => {
      if (change.type === 'message.received') return `received ${change.receipt?.outcome}`;
      if (change.type === 'receipt.changed') return `receipt ${change.receipt.outcome}`;
      if (change.type === 'typing') return `${change.by} ${change.typing ? 'types' : 'rests'}`;
      if (change.type === 'conversation.changed') return `holder ${change.state.holder}`;
      if (change.type === 'agent') return `${change.agent ?? 'agent'} ${change.event}`;
      return change.type;
    });

  it('is a turn from the message to the reply, with receipt and typing', async () => {
    await start({ dialog: answering(5000) });
    await world.say('w0');
    await world.time.pass(6000);
    assert.deepEqual(words(), [
      'received scheduled',
      'business types',
      'receipt sent',
      'business rests',
      'message.added',
      'message.accepted',
    ]);
    assert.ok(told.every(({ at }) => at >= world.time.now() - 6000));
    assert.ok(!JSON.stringify(told).includes('text of w0'));
  });

  it('is what a burst covers, and what a hold keeps back', async () => {
    await start({ policies: { default: { read: { when: 'manual' } } }, gateway: false });
    await world.say('w0', 'w1');
    assert.deepEqual(words(), ['received held', 'received held']);
    told.length = 0;
    await world.engine.markRead({ channel: 'meta', messageId: 'w1', includeHeld: true });
    assert.deepEqual(words(), ['receipt scheduled', 'receipt scheduled', 'receipt sent', 'receipt covered']);
  });

  it('is what agents do, and who holds the conversation since', async () => {
    const { id } = await start({ policies: { default: { read: { when: 'agentOpened' } } } });
    await world.say('w0');
    told.length = 0;
    await world.engine.handOff(await id());
    await world.engine.reportAgent(await id(), 'opened', { agent: 'Ada' });
    await world.time.settle();
    await world.engine.reportAgent(await id(), 'closed');
    await world.engine.changeConversation(await id(), { workstream: 'desk' });
    assert.deepEqual(
      words().filter(word => !word.startsWith('receipt')),
      ['holder queue', 'Ada opened', 'holder agent', 'agent closed', 'holder bot', 'holder bot'],
    );
    assert.equal(words().at(-1), 'holder bot');
    const last = told.at(-1);
    assert.equal(last?.type === 'conversation.changed' && last.state.workstream, 'desk');
  });

  it('is written already: after an agent has opened a conversation, nothing of it is unread', async () => {
    const { id } = await start({ gateway: false });
    await world.say('w0');
    const unread: Promise<number | undefined>[] = [];
    const conversation = await id();
    world.engine.onChange(({ type }) => {
      if (type === 'agent')
        unread.push(world.store.conversationView(conversation).then(view => view?.unread));
    });
    for (const event of ['accepted', 'opened'] as const) {
      await world.engine.reportAgent(conversation, event);
      await world.time.settle();
    }
    assert.deepEqual(await Promise.all(unread), [1, 0]);
  });

  it('is a reply that goes out no more, because an agent took over or the turn answered otherwise', async () => {
    const { id } = await start({ dialog: async () => {} });
    await world.say('w0');
    const conversation = await id();
    const [receipt] = await world.receipts();
    const turn = { ref: String(receipt?.ref), ordinal: 0 };
    const dueAt = world.time.now() + 60_000;
    const of = await world.store.conversation(conversation);
    assert.ok(of);
    told.length = 0;
    const post = (text: string) => world.engine.post(of, { type: 'text', text }, { turn, dueAt } as object);
    const first = await post('a');
    const other = await post('b');
    await world.engine.reportAgent(conversation, 'accepted');
    assert.deepEqual(
      told.flatMap(change =>
        change.type === 'message.added' || change.type === 'message.superseded'
          ? [[change.type, change.message]]
          : [],
      ),
      [
        ['message.added', first.sent.ref],
        ['message.superseded', first.sent.ref],
        ['message.added', other.sent.ref],
        ['message.superseded', other.sent.ref],
      ],
    );
  });

  it('is a customer who writes, of a known conversation', async () => {
    const { id } = await start({ gateway: false });
    await world.say('w0');
    told.length = 0;
    const type = (of: string, typing: boolean) =>
      world.engine.admit(world.channel, {
        messages: [],
        acknowledgements: [],
        rejected: [],
        typing: [{ channel: 'meta', business: 'b1', customer: of, at: world.time.now(), typing }],
      });
    await type(customer, true);
    await type('nobody', true);
    await type(customer, false);
    await world.time.settle();
    assert.deepEqual(words(), ['customer types', 'customer rests']);
    assert.ok(told.every(change => 'conversation' in change && typeof change.conversation === 'string'));
    assert.equal((told[0] as { conversation: string }).conversation, await id());
  });

  it('is what becomes of messages, and what the window says', async () => {
    const { id } = await start({ gateway: false });
    await world.say('w0');
    const conversation = await world.store.conversation(await id());
    assert.ok(conversation);
    const { ref } = await world.engine.send(conversation, { type: 'text', text: 'hi' });
    const entry = await world.store.ledgerEntry({ ref });
    told.length = 0;
    const of = { channel: 'meta', business: 'b1', providerId: String(entry?.providerId) } as const;
    const status = { ...of, status: 'delivered', means: 'delivered', at: world.time.now() } as const;
    await world.engine.admit(world.channel, { messages: [], acknowledgements: [status], rejected: [] });
    const failed = {
      ...status,
      status: 'failed',
      means: 'failed',
      failures: [{ code: '131047' }],
      windowClosed: true,
    } as const;
    await world.engine.admit(world.channel, { messages: [], acknowledgements: [failed], rejected: [] });
    await world.time.settle();
    assert.deepEqual(
      words()
        .map(word => word.replace(/^holder .*/, 'conversation'))
        .toSorted(),
      ['conversation', 'message.failed', 'message.level'],
    );
    const [shut] = told.filter(({ type }) => type === 'conversation.changed');
    assert.equal(shut?.type === 'conversation.changed' && shut.state.windowShut, true);
  });

  it('costs nothing when nobody listens, and harms nothing when a listener does', async () => {
    const looks: string[] = [];
    const { stop } = await start({
      wrapStore: store => ({
        ...store,
        conversation(by) {
          looks.push('look');
          return store.conversation(by);
        },
      }),
    });
    const unheard = world.engine.onChange(() => {
      throw new Error('a listener that fails');
    });
    await world.say('w0');
    const before = told.length;
    assert.ok(before > 3);
    assert.ok(world.log.lines.some(({ message }) => message === 'A listener of changes failed'));
    assert.deepEqual(Object.values(await world.outcomes()), ['sent']);
    stop();
    unheard();
    looks.length = 0;
    await world.say('w1');
    await world.engine.admit(world.channel, {
      messages: [],
      acknowledgements: [],
      rejected: [],
      typing: [{ channel: 'meta', business: 'b1', customer, at: world.time.now(), typing: true }],
    });
    await world.time.settle();
    assert.equal(told.length, before);
    assert.deepEqual(looks, []);
  });
});
