import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Turn } from '../../../middleware/receipts/turn.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';

describe('what the bot is told of a hand-off', () => {
  let world: World;
  let id: string;
  let told: string[];
  const tell = async ({ message, conversation }: Turn) =>
    void told.push(`${message.content.handoff?.state} ${conversation.holder}`);
  const begin = async (options: WorldOptions = {}) => {
    told = [];
    world = await engineWorld({ told: tell, ...options });
    await world.say('w0');
    await world.time.pass(1000);
    id = String((await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);
    world.channel.calls.length = 0;
  };
  afterEach(() => world.close());
  const story = () => world.channel.calls.map(({ what, text }) => `${what} ${text ?? ''}`.trim());

  it('that it was accepted, and that it is over: each once, whatever agents do in between', async () => {
    await begin();
    await world.engine.handOff(id);
    for (const event of ['accepted', 'opened', 'transferred', 'accepted', 'closed', 'closed'] as const)
      await world.engine.reportAgent(id, event);
    await world.time.settle();
    assert.deepEqual(told, ['accepted agent', 'completed bot']);
    await world.time.pass(1000);
    await world.engine.handOff(id);
    await world.engine.reportAgent(id, 'accepted');
    await world.time.settle();
    assert.equal(told.length, 3, 'another hand-off is told anew');
  });

  it('that it failed, where it is taken back before anybody accepted; that it is over, where somebody had', async () => {
    await begin();
    await world.engine.handOff(id);
    assert.equal((await world.engine.takeBack(id)).holder, 'bot');
    await world.time.settle();
    assert.deepEqual(told, ['failed bot']);
    await world.time.pass(1000);
    await world.engine.handOff(id);
    await world.engine.reportAgent(id, 'accepted');
    await world.time.settle();
    await world.engine.takeBack(id);
    await world.engine.takeBack(id);
    await world.time.settle();
    assert.deepEqual(told, ['failed bot', 'accepted agent', 'completed bot']);
  });

  it('not what it did itself, nor what a hub has told it', async () => {
    await begin({
      dialog: async turn => {
        await turn.handOff({ reason: 'lost' });
        await turn.takeBack();
      },
    });
    assert.equal((await world.store.conversation(id))?.holder, 'bot');
    await world.engine.handOff(id);
    await world.engine.reportHandoff(id, 'accepted');
    await world.engine.reportHandoff(id, 'completed');
    await world.time.settle();
    assert.deepEqual(told, []);
  });

  it('hears it while agents have the conversation, and speaks only where it has it', async () => {
    const told = (turn: Turn) =>
      turn.send({ type: 'text', text: `said of ${turn.message.content.handoff?.state}` }).then(() => {});
    await begin({ told });
    await world.engine.handOff(id);
    await world.engine.reportAgent(id, 'accepted');
    await world.time.settle();
    assert.deepEqual(story(), []);
    await world.engine.reportAgent(id, 'closed');
    await world.time.settle();
    assert.deepEqual(story(), ['send said of completed']);
  });

  it('decides what waited for an agent by the bot’s policy when it has the conversation back', async () => {
    await begin();
    await world.engine.handOff(id);
    await world.say('w1');
    assert.equal((await world.outcomes()).w1, 'held');
    await world.engine.takeBack(id);
    await world.time.settle();
    assert.deepEqual(story(), ['read']);
    await assert.rejects(world.engine.takeBack('c_nobody'), { code: 'unknown_conversation' });
  });

  it('after a crash, if it was not told before', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bluetick-status-'));
    const path = join(folder, 'store.db');
    await begin({
      path,
      told: async () => {
        throw new Error('the bot is away');
      },
    });
    await world.engine.handOff(id);
    await world.engine.takeBack(id);
    await world.time.settle();
    await world.close();
    world = await engineWorld({ path, told: tell });
    await world.time.pass(60_000);
    assert.deepEqual(told, ['failed bot']);
    await world.close();
    world = await engineWorld();
    await rm(folder, { recursive: true });
  });

  it('nothing, where no bot of ours runs', async () => {
    await begin({ gateway: false });
    await world.engine.reportAgent(id, 'accepted');
    await world.engine.reportAgent(id, 'closed');
    await world.time.settle();
    const { claims } = await world.store.claimDue(
      Date.now(),
      { turn: 9, receipt: 0, outbound: 0, escalation: 0 },
      1,
    );
    assert.deepEqual(claims, []);
  });
});
