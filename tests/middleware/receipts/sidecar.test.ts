import assert from 'node:assert/strict';
import { createEngine } from '../../../middleware/receipts/engine.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';

const ann = { channel: 'meta', business: 'b1', customer } as const;

describe('who has a conversation that no agent holds any more', () => {
  let world: World;
  let id: string;
  const begin = async (options: WorldOptions) => {
    world = await engineWorld({ gateway: false, ...options });
    await world.say('w1');
    id = String((await world.store.conversation(ann))?.id);
  };
  afterEach(() => world.close());

  const holder = async () => (await world.store.conversation(id))?.holder;
  /** Blue at once is what a bot's conversations are, unless a policy says otherwise. */
  const saysAgain = async () => {
    await world.say('w2');
    await world.time.settle();
    return (await world.outcomes()).w2;
  };

  it('is the queue in a sidecar, when an agent has closed it: what comes next waits for an agent', async () => {
    await begin({ sidecar: true });
    await world.engine.reportAgent(id, 'accepted');
    assert.equal((await world.engine.reportAgent(id, 'closed')).holder, 'queue');
    assert.deepEqual([await saysAgain(), world.channel.calls.length], ['held', 0]);
    assert.deepEqual(await world.outcomes(), { w1: 'skipped', w2: 'held' });
    await world.engine.reportAgent(id, 'opened');
    await world.time.settle();
    assert.deepEqual(
      world.channel.calls.map(({ what, messageId }) => [what, messageId]),
      [['read', 'w2']],
    );
  });

  it('is an agent’s until then: what comes in between was accepted with the conversation', async () => {
    await begin({ sidecar: true, policies: { default: { handoff: { read: 'agentAccepted' } } } });
    await world.engine.reportAgent(id, 'accepted');
    assert.equal(await saysAgain(), 'sent');
    await world.engine.reportAgent(id, 'closed');
    await world.say('w3');
    assert.equal((await world.outcomes()).w3, 'held');
  });

  it('is the queue in a sidecar, when none took it', async () => {
    await begin({ sidecar: true });
    await world.engine.reportHandoff(id, 'failed');
    assert.deepEqual([await holder(), await world.outcomes()], ['queue', { w1: 'held' }]);
    await world.engine.reportAgent(id, 'accepted');
    await world.engine.reportHandoff(id, 'failed');
    assert.equal(await holder(), 'queue');
    assert.deepEqual([await saysAgain(), world.channel.calls.length], ['held', 0]);
  });

  it('is the bot behind another’s adapter', async () => {
    await begin({});
    for (const end of ['closed', 'failed'] as const) {
      await world.engine.reportAgent(id, 'accepted');
      if (end === 'closed') await world.engine.reportAgent(id, end);
      else await world.engine.reportHandoff(id, end);
      assert.equal(await holder(), 'bot');
    }
    assert.equal(await saysAgain(), 'sent');
  });

  it('cannot be nobody of ours where a bot runs', async () => {
    await begin({});
    const { store } = world;
    const policies = { resolve: () => assert.fail() };
    assert.throws(
      () => createEngine({ store, channels: [], policies, sidecar: true, onTurn: async () => {} }),
      { code: 'invalid_configuration', field: 'sidecar' },
    );
  });
});
