import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Turn } from '../../../middleware/receipts/turn.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';

const takeBackAfterMs = 60_000;

describe('handoff.takeBackAfterMs', () => {
  let world: World;
  let id: string;
  let told: unknown[];
  const options: WorldOptions = {
    policies: { default: { handoff: { takeBackAfterMs } } },
    told: async ({ message }: Turn) => void told.push(message.content.handoff?.state),
  };
  const begin = async (over: WorldOptions = {}) => {
    told = [];
    world = await engineWorld({ ...options, ...over });
    await world.say('w0');
    await world.time.pass(1000);
    id = String((await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);
    await world.engine.handOff(id);
  };
  const holder = async () => (await world.store.conversation(id))?.holder;
  afterEach(() => world.close());

  it('gives the bot back what no agent has accepted, and tells it so', async () => {
    await begin();
    await world.say('w1');
    await world.time.pass(takeBackAfterMs - 1);
    assert.deepEqual([await holder(), (await world.outcomes()).w1], ['queue', 'held']);
    await world.time.pass(1);
    await world.time.settle();
    assert.deepEqual([await holder(), (await world.outcomes()).w1, told], ['bot', 'sent', ['failed']]);
    await world.say('w2');
    await world.time.pass(1000);
    assert.deepEqual(
      world.turns.map(({ messageId }) => messageId),
      ['w0', 'w2'],
    );
  });

  it('leaves alone what an agent has accepted, also when they transfer it back into the queue', async () => {
    await begin();
    await world.engine.reportAgent(id, 'accepted');
    await world.engine.reportAgent(id, 'transferred');
    await world.time.pass(2 * takeBackAfterMs);
    assert.deepEqual([await holder(), told], ['queue', ['accepted']]);
  });

  it('counts from the beginning of each hand-off', async () => {
    await begin();
    await world.time.pass(takeBackAfterMs / 2);
    await world.engine.takeBack(id);
    await world.engine.handOff(id);
    await world.time.pass(takeBackAfterMs - 1);
    assert.equal(await holder(), 'queue');
    await world.time.pass(1);
    await world.time.settle();
    assert.equal(await holder(), 'bot');
  });

  it('runs on through a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bluetick-take-back-'));
    const path = join(folder, 'store.db');
    await begin({ path });
    await world.close();
    world = await engineWorld({ ...options, path });
    await world.time.pass(2 * takeBackAfterMs);
    await world.time.settle();
    assert.deepEqual([await holder(), told], ['bot', ['failed']]);
    await world.close();
    world = await engineWorld();
    await rm(folder, { recursive: true });
  });

  it('is never by default', async () => {
    await begin({ policies: {} });
    await world.time.pass(24 * 60 * 60 * 1000);
    assert.equal(await holder(), 'queue');
  });
});
