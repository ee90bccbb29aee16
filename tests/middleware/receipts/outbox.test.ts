import assert from 'node:assert/strict';
import { engineWorld, type World } from '../../support/engineWorld.ts';
import { failures, metaLike } from '../../support/scriptedChannel.ts';

describe('messages on a channel that knows repeats', () => {
  let world: World;
  /** Whether each call was told that the customer may have the message. */
  let told: (boolean | undefined)[];
  beforeEach(async () => {
    told = [];
    world = await engineWorld({
      capabilities: { ...metaLike, idempotentSend: true },
      dialog: async turn => void (await turn.send({ type: 'text', text: 'a' })),
    });
    const send = world.channel.send.bind(world.channel);
    world.channel.send = (call, signal) => {
      told.push(call.interrupted);
      return send(call, signal);
    };
  });
  afterEach(() => world.close());

  it('are repeated after lost answers, each marked, and say so to the channel', async () => {
    world.channel.answer = ({ what }) =>
      what === 'send' && told.length < 4 ? { error: failures.timeout } : {};
    await world.say('w1');
    await world.time.pass(600_000);
    assert.deepEqual(told, [false, true, true, true]);
    const outbound = await world.store.outbound('o1');
    assert.deepEqual([outbound?.state, outbound?.interrupted], ['sent', 3]);
  });

  it('are not marked by refusals', async () => {
    world.channel.answer = ({ what }) =>
      what === 'send' && told.length < 3 ? { error: failures.overloaded } : {};
    await world.say('w1');
    await world.time.pass(600_000);
    assert.deepEqual(told, [false, false, false]);
    const outbound = await world.store.outbound('o1');
    assert.deepEqual([outbound?.state, outbound?.interrupted], ['sent', 0]);
  });
});
