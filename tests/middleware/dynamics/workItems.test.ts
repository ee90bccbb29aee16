import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkItems, type WorkItemsOptions } from '../../../middleware/dynamics/workItems.ts';
import type { WorkItemUpdate } from '../../../middleware/dynamics/workItemUpdate.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';

const id = (number: number) => `cccccccc-0000-4000-8000-${String(number).padStart(12, '0')}`;
const profile = 'bbbbbbbb-0000-4000-8000-000000000001';
const ann = { channel: 'meta', business: 'b1', customer } as const;

describe('the work items of Dynamics 365', () => {
  let world: World;
  let workItems: WorkItems;
  const begin = async (options: Partial<WorkItemsOptions> = {}, worldOptions: WorldOptions = {}) => {
    world = await engineWorld({ gateway: false, sidecar: true, ...worldOptions });
    workItems = itemsOf(options);
  };
  const itemsOf = (options: Partial<WorkItemsOptions> = {}) =>
    new WorkItems({ store: world.store, engine: world.engine, channels: [world.channel], ...options });
  afterEach(() => world.close());

  const update = (
    over: Partial<WorkItemUpdate> & { columns?: Map<string, unknown> } = {},
  ): WorkItemUpdate => ({
    workItem: id(1),
    columns: new Map(),
    ...over,
  });
  const outcomeOf = async (over: Parameters<typeof update>[0]) =>
    (await workItems.receive(update(over))).outcome;
  const holder = async () => (await world.store.conversation(ann))?.holder;

  it('are found by what was remembered, and tell the conversation', async () => {
    await begin({}, { policies: { default: { handoff: { read: 'agentAccepted' } } } });
    await world.say('w1');
    assert.deepEqual(await workItems.remember({ workItem: id(1) }, ann), { outcome: 'noted' });
    assert.deepEqual(await world.outcomes(), { w1: 'held' });
    assert.equal(await outcomeOf({ event: 'accepted', at: 1, agent: 'a' }), 'applied');
    await world.time.settle();
    assert.deepEqual([await holder(), await world.outcomes()], ['agent', { w1: 'sent' }]);
    const found = await workItems.find(id(1));
    assert.deepEqual(
      [found?.event, found?.agent, found?.conversation?.customer],
      ['accepted', 'a', customer],
    );
    assert.equal(await outcomeOf({ event: 'closed', at: 2 }), 'applied');
    assert.equal(await holder(), 'queue');
  });

  it('are found by a social profile, which is learned from another work item', async () => {
    await begin({ correlations: [{ by: 'customer', column: 'New_Phone' }, { by: 'socialProfile' }] });
    await world.say('w1');
    const columns = new Map([['new_phone', 'whatsapp:+49 (1555) 000-1111']]);
    assert.equal(await outcomeOf({ socialProfile: profile, columns }), 'noted');
    assert.equal(await outcomeOf({ workItem: id(2), socialProfile: profile, event: 'accepted' }), 'applied');
    assert.equal(await holder(), 'agent');
  });

  it('are found by our own id in a column, and by a user id that hides the number', async () => {
    await begin({
      correlations: [
        { by: 'conversation', column: 'ours' },
        { by: 'customer', column: 'whom' },
      ],
    });
    const hidden = 'US.13491208655302741918';
    await world.say('w1', { providerId: 'w2', customer: hidden });
    const conversation = await world.store.conversation(ann);
    assert.equal(
      await outcomeOf({ event: 'accepted', columns: new Map([['ours', conversation?.id]]) }),
      'applied',
    );
    assert.equal(await holder(), 'agent');
    assert.equal(
      await outcomeOf({ workItem: id(2), event: 'accepted', columns: new Map([['whom', hidden]]) }),
      'applied',
    );
    assert.equal((await world.store.conversation({ ...ann, customer: hidden }))?.holder, 'agent');
  });

  it('are not guessed where the customer has conversations with several businesses', async () => {
    await begin({
      correlations: [{ by: 'customer', column: 'phone' }],
      channels: [{ name: 'meta', businesses: ['b1', 'b2'] }],
    });
    await world.say('w1');
    await world.store.admit(admissionTo('b2'));
    const columns = new Map([['phone', customer]]);
    const { outcome, because } = await workItems.receive(update({ event: 'accepted', columns }));
    assert.equal(outcome, 'unknown');
    assert.match(
      String(because),
      /^customer:phone: the customer has conversations with several businesses; workItem: /,
    );
    assert.equal(await holder(), 'queue');
  });

  it('are not guessed by a social profile either: the customer’s, whatever business they write to', async () => {
    await begin({ channels: [{ name: 'meta', businesses: ['b1', 'b2'] }] });
    await world.say('w1');
    await workItems.remember({ workItem: id(1), socialProfile: profile }, ann);
    await world.store.admit(admissionTo('b2'));
    const other = update({ workItem: id(2), socialProfile: profile, event: 'accepted' });
    const { outcome, because } = await workItems.receive(other);
    assert.equal(outcome, 'unknown');
    assert.match(String(because), /socialProfile: the customer has conversations with several businesses$/);
    assert.equal(await holder(), 'queue');
  });

  it('tell the right conversation when they were told of for a wrong one', async () => {
    await begin();
    await world.say('w1', { providerId: 'w2', customer: '4915550009999' });
    await workItems.remember({ workItem: id(1) }, { ...ann, customer: '4915550009999' });
    assert.equal(await outcomeOf({ event: 'accepted', at: 1 }), 'applied');
    assert.equal(await holder(), 'queue');
    assert.deepEqual(await workItems.remember({ workItem: id(1) }, ann), { outcome: 'applied' });
    assert.equal(await holder(), 'agent');
  });

  it('are kept where nobody can tell whose they are, and applied when somebody does', async () => {
    await begin();
    const { outcome, because } = await workItems.receive(update({ event: 'accepted', at: 5 }));
    assert.equal(outcome, 'unknown');
    assert.equal(
      because,
      'workItem: nobody has told whose it is; socialProfile: nobody has told whose it is',
    );
    // Told before the customer's first message has come.
    assert.deepEqual(await workItems.remember({ workItem: id(1), socialProfile: profile }, ann), {
      outcome: 'noted',
    });
    await world.say('w1');
    assert.equal(await holder(), 'queue');
    assert.equal(await outcomeOf({}), 'applied');
    assert.equal(await holder(), 'agent');
    assert.equal(
      await outcomeOf({ workItem: id(2), socialProfile: profile, event: 'accepted', at: 6 }),
      'applied',
    );
  });

  it('are applied at once where they are told of after the event', async () => {
    await begin();
    await world.say('w1');
    await workItems.receive(update({ event: 'accepted', at: 5 }));
    assert.deepEqual(await workItems.remember({ workItem: id(1) }, ann), { outcome: 'applied' });
    assert.equal(await holder(), 'agent');
    assert.deepEqual(await workItems.remember({ workItem: id(1) }, ann), { outcome: 'noted' });
  });

  it('have an event once, whatever an agent does elsewhere meanwhile', async () => {
    await begin();
    await world.say('w1');
    await workItems.remember({ workItem: id(1) }, ann);
    const accepted = { event: 'accepted', at: 5 } as const;
    assert.equal(await outcomeOf(accepted), 'applied');
    const conversation = await world.store.conversation(ann);
    await world.engine.reportAgent(String(conversation?.id), 'closed');
    assert.equal(await outcomeOf(accepted), 'repeated');
    assert.equal(await holder(), 'queue');
    assert.equal(await outcomeOf({ event: 'accepted', at: 9 }), 'applied');
    assert.equal(await holder(), 'agent');
  });

  it('leave what comes after alone when they end twice', async () => {
    await begin({}, { policies: { default: { read: { when: 'manual' } } } });
    await world.say('w1');
    await workItems.remember({ workItem: id(1) }, ann);
    await outcomeOf({ event: 'accepted', at: 1 });
    assert.equal(await outcomeOf({ event: 'closed', at: 2 }), 'applied');
    await world.say('w2');
    assert.equal(await outcomeOf({ event: 'closed', at: 3 }), 'repeated');
    assert.deepEqual(await world.outcomes(), { w1: 'skipped', w2: 'held' });
  });

  it('end nothing of the next one of the same customer', async () => {
    await begin();
    await world.say('w1');
    for (const workItem of [id(1), id(2)]) await workItems.remember({ workItem }, ann);
    await outcomeOf({ event: 'accepted', at: 1 });
    assert.equal(await outcomeOf({ workItem: id(2), event: 'accepted', at: 5 }), 'applied');
    assert.equal(await outcomeOf({ event: 'closed', at: 3 }), 'superseded');
    // Its wrap-up ends while an agent has the next one already.
    assert.equal(await outcomeOf({ event: 'closed', at: 7 }), 'repeated');
    await workItems.remember({ workItem: id(3) }, ann);
    const other = await workItems.receive(update({ workItem: id(3), event: 'closed', at: 7 }));
    assert.deepEqual(other, {
      outcome: 'superseded',
      because: 'an agent has another work item of the customer',
    });
    assert.equal(await holder(), 'agent');
    assert.equal(await outcomeOf({ workItem: id(2), event: 'closed', at: 8 }), 'applied');
    assert.equal(await holder(), 'queue');
  });

  it('have the last word with the newest, also where two instances are told at once', async () => {
    await begin();
    await world.say('w1');
    await workItems.remember({ workItem: id(1) }, ann);
    const other = itemsOf();
    for (let round = 0; round < 20; round += 1) {
      const at = 10 * round;
      const told = [update({ event: 'closed', at: at + 2 }), update({ event: 'accepted', at: at + 1 })];
      if (round % 2 === 1) told.reverse();
      await Promise.all(told.map((each, index) => (index === 0 ? workItems : other).receive(each)));
      assert.equal(await holder(), 'queue', `round ${round}`);
    }
  });

  it('know it all after a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bluetick-work-items-'));
    const path = join(folder, 'store.sqlite');
    try {
      await begin({}, { path });
      await world.say('w1');
      await workItems.remember({ workItem: id(1) }, ann);
      await outcomeOf({ event: 'accepted', at: 1 });
      await outcomeOf({ event: 'closed', at: 3 });
      await world.close();
      await begin({}, { path });
      assert.equal(await outcomeOf({ event: 'accepted', at: 2 }), 'superseded');
      assert.equal(await outcomeOf({ event: 'closed', at: 3 }), 'repeated');
      assert.equal(await outcomeOf({ event: 'accepted', at: 4 }), 'applied');
      assert.equal(await holder(), 'agent');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  /** A message of the same customer to another business, which the world's engine does not serve. */
  function admissionTo(business: string) {
    const now = world.time.now();
    const message = {
      ...ann,
      business,
      kind: 'message',
      key: 'k',
      sentAt: now,
      content: { type: 'text' },
    } as const;
    const receipt = { outcome: 'held', because: 'it is asked for', until: 'manual' } as const;
    const admission = { message, decidedOn: undefined, receipt, solo: false, expiresAt: undefined };
    return {
      admissions: [{ ...admission, characters: 0, turn: false }],
      rejected: [],
      firstHolder: 'queue',
      now,
      leaseMs: 0,
    } as const;
  }
});
