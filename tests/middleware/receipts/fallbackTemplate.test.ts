import assert from 'node:assert/strict';
import type { Conversation, OutboundContent } from '../../../middleware/domain.ts';
import { BluetickError } from '../../../middleware/errors.ts';
import type { Sent } from '../../../middleware/receipts/sent.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { failures } from '../../support/scriptedChannel.ts';

const day = 24 * 60 * 60 * 1000;
const text: OutboundContent = { type: 'text', text: 'hello' };
const wake = { name: 'wake', language: 'en' };
const policies = { default: { window: { fallbackTemplate: wake } } };

describe('the fallback template of a policy', () => {
  let world: World;
  const begin = async (options: WorldOptions = {}) => {
    world = await engineWorld({ gateway: false, policies, ...options });
  };
  afterEach(() => world.close());

  const send = async () => {
    const conversation = await world.store.conversation({ channel: 'meta', business: 'b1', customer });
    return world.engine.send(conversation as Conversation, text);
  };
  const sent = () => world.channel.calls.filter(({ what }) => what === 'send').map(each => each.text);
  const refuse = (fails: (text: string | undefined) => boolean = said => said !== 'template') => {
    world.channel.answer = ({ what, text: said }) =>
      what === 'send' && fails(said) ? { error: failures.windowClosed } : {};
  };
  /** Sending state, content and what it stands for. */
  const row = async (ref: string) => {
    const entry = await world.store.ledgerEntry({ ref });
    return [entry?.sending, entry?.content?.type, entry?.insteadOf];
  };

  it('goes out in the place of a message outside the window, and the caller is told', async () => {
    await begin();
    await world.say('w1');
    assert.equal('fallback' in (await send()), false);
    await world.time.jump(day);
    const { ref, providerId, fallback } = await send();
    assert.deepEqual([ref, fallback], ['o2', true]);
    assert.ok(providerId !== undefined);
    assert.deepEqual(sent(), ['hello', 'template']);
    assert.deepEqual(await row(ref), ['sent', 'template', text]);
    assert.deepEqual(await world.store.deadLetters(5), []);
  });

  it('goes out where the provider refuses a message although our clock let it pass', async () => {
    await begin();
    await world.say('w1');
    refuse();
    const { ref, fallback } = await send();
    assert.deepEqual([ref, fallback], ['o2', true]);
    assert.deepEqual(await row('o1'), ['failed', 'text', undefined]);
    assert.deepEqual(await row('o2'), ['sent', 'template', text]);
    await send();
    assert.deepEqual(sent(), ['hello', 'template', 'template']);
  });

  it('goes out where the provider refuses a message that had to wait', async () => {
    await begin();
    await world.say('w1');
    world.channel.answer = ({ what }) => {
      if (what !== 'send' || sent().length > 2) return {};
      return { error: sent().length === 1 ? failures.overloaded : failures.windowClosed };
    };
    assert.equal((await send()).fallback, undefined);
    await world.time.pass(60_000);
    assert.deepEqual(sent(), ['hello', 'hello', 'template']);
    assert.deepEqual(await row('o2'), ['sent', 'template', text]);
  });

  it('that is refused too ends it: it is tried once', async () => {
    await begin();
    await world.say('w1');
    refuse(() => true);
    await assert.rejects(send(), { code: 'window_closed' });
    assert.deepEqual(sent(), ['hello', 'template']);
    await assert.rejects(send(), { code: 'window_closed' });
    await world.time.pass(600_000);
    assert.deepEqual(sent(), ['hello', 'template', 'template']);
  });

  it('that the provider cannot take now is sent later, in its place', async () => {
    await begin();
    await world.say('w1');
    world.channel.answer = ({ what, text: said }) => {
      if (what !== 'send') return {};
      if (said === 'hello') return { error: failures.windowClosed };
      return sent().length === 2 ? { error: failures.overloaded } : {};
    };
    assert.deepEqual(await send(), { ref: 'o2', providerId: undefined, fallback: true });
    await world.time.pass(60_000);
    assert.deepEqual(sent(), ['hello', 'template', 'template']);
    assert.equal((await row('o2'))[0], 'sent');
  });

  it('is not sent for what fails for another reason', async () => {
    await begin();
    await world.say('w1');
    world.channel.answer = ({ what }) => (what === 'send' ? { error: failures.refused } : {});
    await assert.rejects(send(), { code: 'provider_error' });
    assert.deepEqual(sent(), ['hello']);
  });

  describe('in a turn', () => {
    const heard: Sent[] = [];
    beforeEach(() => {
      heard.length = 0;
    });

    it('takes the reply’s place, the bot is told, and the turn is done', async () => {
      await begin({ gateway: true, dialog: async turn => void heard.push(await turn.send(text)) });
      refuse();
      await world.say('w1');
      assert.deepEqual(
        heard.map(({ ref, fallback }) => [ref, fallback]),
        [['o2', true]],
      );
      await world.time.pass(600_000);
      assert.deepEqual([sent(), world.turns.length], [['hello', 'template'], 1]);
    });

    it('takes the place of a reply that comes too late, without a call for that', async () => {
      await begin({ gateway: true, dialog: async turn => void heard.push(await turn.send(text)) });
      await world.say({ providerId: 'w1', sentAt: world.time.now() - day });
      assert.deepEqual([sent(), heard[0]?.fallback], [['template'], true]);
    });

    it('is not sent again when the turn runs again', async () => {
      await begin({
        gateway: true,
        async dialog(turn) {
          heard.push(await turn.send(text));
          if (turn.attempt === 1) throw new Error('the bot failed after its reply');
        },
      });
      refuse();
      await world.say('w1');
      await world.time.pass(60_000);
      assert.equal(world.turns.length, 2);
      assert.deepEqual(sent(), ['hello', 'template']);
      assert.deepEqual(heard[1], heard[0]);
    });

    it('may be named for the message alone', async () => {
      const own = { window: { fallbackTemplate: wake } };
      await begin({
        gateway: true,
        policies: {},
        async dialog(turn) {
          await turn.usePolicy(own, { decidesAnew: false });
          heard.push(await turn.send(text));
        },
      });
      refuse();
      await world.say('w1');
      assert.deepEqual([sent(), heard[0]?.fallback], [['hello', 'template'], true]);
    });
  });

  it('is written in one commit with what was refused, also when the store is away', async () => {
    let away = false;
    const calls: string[] = [];
    await begin({
      wrapStore: store => ({
        ...store,
        // The whole batch fails, as a disk that is full fails it.
        changeOutbound: (...args) => guard('changeOutbound', () => store.changeOutbound(...args)),
        addOutbound: request =>
          request.insteadOf === undefined
            ? store.addOutbound(request)
            : guard('addOutbound', () => store.addOutbound(request)),
        shutWindow: (...args) => guard('shutWindow', () => store.shutWindow(...args)),
      }),
    });
    async function guard<T>(name: string, call: () => Promise<T>): Promise<T> {
      calls.push(name);
      if (away) throw new BluetickError('store_unavailable', 'away');
      return call();
    }
    await world.say('w1');
    refuse();
    away = true;
    const sending = send();
    await world.time.pass(500);
    away = false;
    await world.time.pass(1000);
    assert.equal((await sending).fallback, true);
    assert.deepEqual(sent(), ['hello', 'template']);
    assert.deepEqual(calls, [
      ...['changeOutbound', 'addOutbound', 'shutWindow'],
      ...['changeOutbound', 'addOutbound', 'shutWindow'],
      'changeOutbound',
    ]);
  });
});
