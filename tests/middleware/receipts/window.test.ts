import assert from 'node:assert/strict';
import type { Conversation, InboundMessage, OutboundContent } from '../../../middleware/domain.ts';
import { BluetickError } from '../../../middleware/errors.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { failures, independent } from '../../support/scriptedChannel.ts';

const day = 24 * 60 * 60 * 1000;
const text: OutboundContent = { type: 'text', text: 'hello' };
const template: OutboundContent = { type: 'template', template: { name: 'wake', language: 'en' } };
const limit = 'This conversation has exceeded the 24 hour limit to respond to the customer.';

describe('the window around sending', () => {
  let world: World;
  const begin = async (options: WorldOptions = {}) => {
    world = await engineWorld({ gateway: false, ...options });
  };
  afterEach(() => world.close());

  const address = { channel: 'meta', business: 'b1', customer } as const;
  const conversation = async () => (await world.store.conversation(address)) as Conversation;
  const send = async (content: OutboundContent = text) => world.engine.send(await conversation(), content);
  const sent = () => world.channel.calls.filter(({ what }) => what === 'send').map(each => each.text);
  const refuse = (fails: (text: string | undefined) => boolean = said => said !== 'template') => {
    world.channel.answer = ({ what, text: said }) =>
      what === 'send' && fails(said) ? { error: failures.windowClosed } : {};
  };
  const isLimit = (error: unknown) => {
    assert.ok(error instanceof BluetickError);
    assert.deepEqual([error.code, error.message], ['window_closed', limit]);
    return true;
  };

  it('lets a message pass at 23:59:59.999, and at 24:00:00.000 makes no call', async () => {
    await begin();
    await world.say('w1');
    await world.time.jump(day - 1);
    await send();
    await world.time.pass(1);
    await assert.rejects(send(), isLimit);
    assert.deepEqual(sent(), ['hello']);
    assert.equal(await world.store.outbound('o2'), undefined);
  });

  it('runs from the customer’s latest message, by the provider’s time of it', async () => {
    await begin();
    await world.say({ providerId: 'w1', sentAt: world.time.now() - day + 1000 });
    await world.time.pass(999);
    await send();
    await world.time.pass(1);
    await assert.rejects(send(), isLimit);
    const older = { providerId: 'w0', sentAt: world.time.now() - day };
    await world.say(older);
    await assert.rejects(send(), isLimit);
    await world.say('w2');
    await send();
  });

  it('never holds a template back', async () => {
    await begin();
    await world.say('w1');
    await world.time.jump(day);
    assert.equal('fallback' in (await send(template)), false);
    assert.deepEqual(sent(), ['template']);
  });

  it('binds no channel that knows none', async () => {
    await begin({ capabilities: independent });
    await world.say('w1');
    await world.time.jump(3 * day);
    await send();
    assert.deepEqual(sent(), ['hello']);
  });

  describe('that the provider says is closed', () => {
    it('is told in the same words, and closed by our clock too, until the customer’s next message', async () => {
      await begin();
      await world.say({ providerId: 'w1', sentAt: world.time.now() - 1000 });
      refuse();
      await assert.rejects(send(), (error: unknown) => {
        isLimit(error);
        assert.equal((error as { providerCode?: string }).providerCode, '131047');
        return true;
      });
      assert.equal((await world.store.outbound('o1'))?.failure, '131047');
      world.channel.answer = () => ({});
      await assert.rejects(send(), isLimit);
      await world.say({ providerId: 'w0', sentAt: world.time.now() - 2000 });
      await world.say({ providerId: 'w1', sentAt: world.time.now() - 1000 });
      await assert.rejects(send(), isLimit);
      assert.deepEqual(sent(), ['hello']);
      await world.say('w2');
      await send();
      assert.deepEqual(sent(), ['hello', 'hello']);
    });

    it('is open where the customer wrote while the provider refused', async () => {
      await begin();
      await world.say({ providerId: 'w1', sentAt: world.time.now() - 1000 });
      world.channel.answer = ({ what }) =>
        what === 'send' ? { afterMs: 500, error: failures.windowClosed } : {};
      const refused = assert.rejects(send(), isLimit);
      await world.time.settle();
      assert.deepEqual(sent(), ['hello']);
      await world.say('w2');
      await world.time.pass(500);
      await refused;
      world.channel.answer = () => ({});
      await send();
    });

    it('is not taken for closed by our own refusal: a clock that was wrong may be put right', async () => {
      await begin({ dialog: async turn => void (await turn.send(text)), gateway: true });
      await world.say({ providerId: 'w1', sentAt: world.time.now() - day });
      assert.deepEqual(sent(), []);
      assert.equal((await conversation()).windowShut, undefined);
    });
  });

  describe('with what waits for the provider', () => {
    it('is looked at again when its time comes, without a call', async () => {
      await begin();
      await world.say({ providerId: 'w1', sentAt: world.time.now() - day + 100 });
      world.channel.answer = ({ what }) => (what === 'send' ? { error: failures.overloaded } : {});
      assert.equal((await send()).providerId, undefined);
      await world.time.pass(120_000);
      assert.deepEqual(sent(), ['hello']);
      const outbound = await world.store.outbound('o1');
      assert.deepEqual([outbound?.state, outbound?.failure], ['failed', 'window_closed']);
    });

    it('asks the provider where the customer may have it already', async () => {
      await begin();
      await world.say({ providerId: 'w1', sentAt: world.time.now() - day + 100 });
      world.channel.answer = ({ what }) =>
        what === 'send' && sent().length === 1 ? { error: failures.timeout } : {};
      await send();
      await world.time.pass(120_000);
      assert.deepEqual(sent(), ['hello', 'hello']);
      assert.equal((await world.store.outbound('o1'))?.state, 'sent');
    });
  });

  describe('in a turn', () => {
    let heard: unknown;
    const replying = (afterMs = 0): WorldOptions => ({
      gateway: true,
      dialog: async turn => {
        if (afterMs > 0) await new Promise(resolve => setTimeout(resolve, afterMs));
        heard = await turn.send(text).catch(error => error);
        if (heard instanceof Error) throw heard;
      },
    });
    beforeEach(() => {
      heard = undefined;
    });

    it('keeps a reply back that comes too late, and the turn has failed for good', async () => {
      await begin(replying());
      await world.say({ providerId: 'w1', sentAt: world.time.now() - day });
      await world.time.pass(600_000);
      isLimit(heard);
      assert.deepEqual([sent(), world.turns.length], [[], 1]);
    });

    it('keeps back, without a call, a reply that waited for its provider past the 24 hours', async () => {
      await begin({ gateway: true });
      world.channel.answer = ({ what }) => (what === 'send' ? { error: failures.badToken } : {});
      await world.say('w1');
      await world.time.pass(1000);
      const before = sent().length;
      await world.time.jump(day);
      world.channel.answer = () => ({});
      await world.time.pass(3_600_000);
      assert.equal(sent().length, before);
      assert.equal((await world.store.outbound('o1'))?.state, 'failed');
    });

    it('tells the bot in the same words what the provider refused, and makes no second call', async () => {
      await begin(replying());
      refuse();
      await world.say({ providerId: 'w1', sentAt: world.time.now() - 1000 });
      isLimit(heard);
      await world.say(reaction('r1'));
      isLimit(heard);
      assert.deepEqual(sent(), ['hello']);
      assert.equal(world.turns.length, 2);
    });

    it('leaves the answer to a reaction to the provider: whether it opens the window nobody says', async () => {
      await begin(replying());
      await world.say({ providerId: 'w1', sentAt: world.time.now() - 3 * day });
      isLimit(heard);
      await world.say(reaction('r1'));
      assert.deepEqual(sent(), ['hello']);
    });
  });
});

function reaction(providerId: string): Partial<InboundMessage> {
  return { providerId, kind: 'reaction', content: { type: 'reaction' } };
}
