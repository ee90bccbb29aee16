import assert from 'node:assert/strict';
import { WorkItems, type WorkItemsOptions } from '../../../middleware/dynamics/workItems.ts';
import { customer, engineWorld, type World } from '../../support/engineWorld.ts';

const ann = { channel: 'meta', business: 'b1', customer } as const;
const workItem = 'cccccccc-0000-4000-8000-000000000001';
const stream = 'eeeeeeee-0000-4000-8000-000000000001';
const unknown = 'eeeeeeee-0000-4000-8000-000000000009';
const workstreams = {
  first: {
    match: { d365: [stream.toUpperCase(), 'other'] },
    policy: { handoff: { read: 'agentAccepted' } },
  },
  second: { match: { d365: [stream] }, policy: {} },
} as const;

describe('work items of Dynamics 365 name the workstream', () => {
  let world: World;
  let workItems: WorkItems;
  const begin = async (options: Partial<WorkItemsOptions> = {}) => {
    world = await engineWorld({ gateway: false, sidecar: true, policies: { workstreams } });
    const { store, engine, channel } = world;
    workItems = new WorkItems({ store, engine, channels: [channel], workstreams, ...options });
    await world.say('w1');
    await workItems.remember({ workItem }, ann);
  };
  afterEach(() => world.close());

  const tell = (column: string, value: string, event?: 'accepted') =>
    workItems.receive({ workItem, at: 1, columns: new Map([[column, value]]), ...(event && { event }) });
  const workstream = async () => (await world.store.conversation(ann))?.workstream;

  it('of the conversation, whose policy then holds', async () => {
    await begin();
    assert.equal((await tell('msdyn_liveworkstreamid', stream, 'accepted')).outcome, 'applied');
    await world.time.settle();
    assert.deepEqual([await workstream(), await world.outcomes()], ['first', { w1: 'sent' }]);
  });

  it('by another column', async () => {
    await begin({ workstreamColumn: 'New_Stream' });
    await tell('msdyn_liveworkstreamid', stream);
    assert.equal(await workstream(), undefined);
    await tell('new_stream', 'other');
    assert.equal(await workstream(), 'first');
  });

  it('unless the API has set another', async () => {
    await begin();
    const conversation = String((await world.store.conversation(ann))?.id);
    await tell('msdyn_liveworkstreamid', stream);
    await world.store.changeConversation(conversation, { workstream: 'second' });
    await tell('msdyn_liveworkstreamid', stream);
    assert.equal(await workstream(), 'second');
  });

  it('not where the policy book does not know it', async () => {
    await begin();
    await tell('msdyn_liveworkstreamid', unknown);
    assert.equal(await workstream(), undefined);
  });
});
