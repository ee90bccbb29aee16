import assert from 'node:assert/strict';
import { WorkItems } from '../../../middleware/dynamics/workItems.ts';
import { ProviderError } from '../../../middleware/errors.ts';
import { answering, customer, engineWorld, type World } from '../../support/engineWorld.ts';
import { metaLike } from '../../support/scriptedChannel.ts';

const opened = { default: { read: { when: 'agentOpened' } } };

describe('the audit of receipts', () => {
  let world: World;
  afterEach(() => world.close());

  async function idOf(): Promise<string> {
    const found = await world.store.conversation({ channel: 'meta', business: 'b1', customer });
    return String(found?.id);
  }
  /** Each step from the first on: message, outcome, and who or what caused it. */
  async function steps(): Promise<string[]> {
    const found = await world.store.audit({ conversation: await idOf() }, { limit: 100 });
    return found
      .map(({ messageId, outcome, cause: { by, event, agent, via } }) =>
        [messageId, outcome, by, event, agent, via].filter(word => word !== undefined).join(' '),
      )
      .reverse();
  }

  it('says that a rule decided, and what the provider answered', async () => {
    world = await engineWorld();
    await world.say('w0');
    assert.deepEqual(await steps(), ['w0 scheduled policy', 'w0 sent provider']);
    const [sent, decided] = await world.store.audit({ conversation: await idOf() }, { limit: 9 });
    assert.deepEqual([sent?.answer, sent?.because], ['taken', decided?.because]);
  });

  it('keeps every try with its time and the provider’s words, and none that was not made', async () => {
    world = await engineWorld({ dialog: async () => {} });
    const away = { providerCode: '131000', detail: 'Something went wrong' } as const;
    world.channel.answer = () => ({ error: () => new ProviderError('500', { fault: 'transient', ...away }) });
    await world.say('w0');
    const first = world.time.now();
    await world.time.pass(3000);
    world.channel.answer = () => ({});
    await world.time.pass(60_000);
    const found = (await world.store.audit({ conversation: await idOf() }, { limit: 99 })).toReversed();
    const tries = found.filter(({ answer }) => answer !== undefined);
    assert.equal(tries.length, world.channel.calls.filter(({ what }) => what === 'read').length);
    assert.ok(tries.length > 1);
    const { answer, at, dueAt = 0 } = tries[0] ?? assert.fail();
    assert.deepEqual(answer, { code: '131000', is: 'provider_unavailable', detail: 'Something went wrong' });
    assert.ok(at <= first && dueAt > at);
    assert.deepEqual([tries.at(-1)?.answer, tries.at(-1)?.outcome], ['taken', 'sent']);
    assert.equal(found.length, tries.length + 1);
  });

  it('keeps a try whose receipt was held while it was under way', async () => {
    world = await engineWorld({
      dialog: async () => {},
      policies: { default: { handoff: { read: 'agentOpened' } } },
    });
    const error = () => new ProviderError('500', { fault: 'transient', providerCode: '131000' });
    world.channel.answer = () => ({ afterMs: 1000, error });
    await world.say('w0');
    await world.engine.handOff(await idOf());
    await world.time.pass(2000);
    assert.deepEqual(await steps(), ['w0 scheduled policy', 'w0 held handoff', 'w0 held provider']);
    const [tried, held] = await world.store.audit({ conversation: await idOf() }, { limit: 9 });
    assert.deepEqual([tried?.until, tried?.because], [held?.until, held?.because]);
    assert.deepEqual(tried?.answer, { code: '131000', is: 'provider_unavailable' });
  });

  it('names the agent, and who told of them', async () => {
    world = await engineWorld({ policies: opened, gateway: false });
    await world.say('w0', 'w1');
    await world.engine.reportAgent(await idOf(), 'accepted', { agent: 'Ada', via: 'token' });
    await world.engine.reportAgent(await idOf(), 'opened', { agent: 'Ada', via: 'token' });
    await world.time.settle();
    assert.deepEqual(
      (await steps()).filter(step => !step.includes('accepted')),
      [
        'w0 held policy',
        'w0 scheduled agent opened Ada token',
        'w0 covered order',
        'w1 held policy',
        'w1 scheduled agent opened Ada token',
        'w1 sent provider',
      ],
    );
  });

  it('names the agent of Dynamics 365', async () => {
    world = await engineWorld({
      policies: { default: { read: { when: 'agentAccepted' }, handoff: { read: 'agentAccepted' } } },
      gateway: false,
    });
    await world.say('w0');
    const { store, engine, channel } = world;
    const items = new WorkItems({ store, engine, channels: [channel] });
    const workItem = '2d6a2c1e-3c55-ef11-bfe2-000d3a5b1a2b';
    await items.remember({ workItem }, { channel: 'meta', business: 'b1', customer });
    await items.receive({ workItem, event: 'accepted', agent: 'Ada', columns: new Map() });
    await world.time.settle();
    assert.deepEqual((await steps()).slice(-2), [
      'w0 scheduled agent accepted Ada dynamics',
      'w0 sent provider',
    ]);
  });

  it('tells the hand-off from what the agent did, and from the key', async () => {
    world = await engineWorld({ policies: { default: { read: { when: 'manual' } } } });
    await world.say('w0');
    await world.engine.handOff(await idOf());
    await world.engine.markRead({ channel: 'meta', messageId: 'w0' });
    assert.deepEqual(await steps(), [
      'w0 held policy',
      'w0 held handoff',
      'w0 scheduled key',
      'w0 sent provider',
    ]);
    await world.say('w1');
    await world.engine.reportAgent(await idOf(), 'closed', { agent: 'Ada', via: 'dynamics' });
    assert.equal((await steps()).at(-1), 'w1 skipped agent closed Ada dynamics');
  });

  it('tells the bot’s reply from what its dialog asked', async () => {
    world = await engineWorld({
      policies: { default: { read: { when: 'replying' } } },
      dialog: async turn => {
        if (turn.message.messageId === 'w1') await turn.receipts.hold();
        if (turn.message.messageId === 'w2') await turn.receipts.markRead();
        else await answering()(turn);
      },
    });
    await world.say('w0');
    assert.deepEqual(await steps(), ['w0 held policy', 'w0 scheduled reply', 'w0 sent provider']);
    await world.say('w1');
    assert.deepEqual((await steps()).slice(3), ['w1 held policy', 'w1 held dialog']);
  });

  it('says what time has ended', async () => {
    world = await engineWorld({
      capabilities: { ...metaLike, readWithinMs: 60_000 },
      policies: { default: { read: { when: 'manual' } } },
      gateway: false,
    });
    await world.say('w0');
    await world.time.pass(70_000);
    assert.deepEqual(await steps(), ['w0 held policy', 'w0 expired time']);
  });
});
