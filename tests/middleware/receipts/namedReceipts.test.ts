import assert from 'node:assert/strict';
import type { ReadCall } from '../../../middleware/ports.ts';
import { engineWorld, type World } from '../../support/engineWorld.ts';
import { independent } from '../../support/scriptedChannel.ts';

/** WAHA's kind: a receipt covers the messages that its call names. */
const capabilities = { ...independent, coversEarlier: 'named' } as const;

describe('a receipt whose call names what it covers', () => {
  let world: World;
  let named: (readonly string[])[];
  const begin = async (policies: object = {}) => {
    world = await engineWorld({ capabilities, policies, gateway: false });
    named = [];
    const { channel } = world;
    const markRead = channel.markRead.bind(channel);
    channel.markRead = (call: ReadCall, signal) => {
      named.push([...(call.covers ?? []), call.messageId]);
      return markRead(call, signal);
    };
  };
  afterEach(() => world.close());

  const accepted = { default: { handoff: { read: 'accepted' } } };

  it('names each message of a burst, oldest first, in one call', async () => {
    await begin({ default: { handoff: { read: 'accepted' }, read: { delay: { minMs: 1000 } } } });
    await world.say('m1', 'm2', 'm3');
    await world.time.pass(1000);
    assert.deepEqual(named, [['m1', 'm2', 'm3']]);
    assert.deepEqual(await world.outcomes(), { m1: 'covered', m2: 'covered', m3: 'sent' });
  });

  it('is sent for a message by itself where the policy says so', async () => {
    await begin({ default: { handoff: { read: 'accepted' }, read: { eachMessage: true } } });
    await world.say('m1', 'm2');
    assert.deepEqual(named, [['m1'], ['m2']]);
  });

  it('has not covered a message that comes late, and is sent for it too', async () => {
    await begin(accepted);
    const sentAt = world.time.now();
    await world.say({ providerId: 'm2', sentAt });
    await world.say({ providerId: 'm1', sentAt: sentAt - 5000 });
    assert.deepEqual(named, [['m2'], ['m1']]);
    assert.deepEqual(await world.outcomes(), { m1: 'sent', m2: 'sent' });
  });

  it('waits behind an earlier message that is held: an engine may mark the whole chat', async () => {
    await begin({ default: { handoff: { read: 'manual' } } });
    await world.say('m1', 'm2');
    await world.engine.markRead({ channel: 'meta', messageId: 'm2' });
    assert.deepEqual(named, []);
    await world.engine.markRead({ channel: 'meta', messageId: 'm2', includeHeld: true });
    assert.deepEqual(named, [['m1', 'm2']]);
  });
});
