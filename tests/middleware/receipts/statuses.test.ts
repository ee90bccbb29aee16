import assert from 'node:assert/strict';
import { levelOf } from '../../../middleware/acknowledgements/fold.ts';
import type { Acknowledgement } from '../../../middleware/domain.ts';
import type { LedgerEvent } from '../../../middleware/ports.ts';
import type { AdmissionReport } from '../../../middleware/receipts/admitter.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { failures } from '../../support/scriptedChannel.ts';

describe('statuses', () => {
  let world: World;
  /** How often the store was asked to admit something. */
  let admissions: number;
  let events: LedgerEvent[];
  const begin = async (options: WorldOptions = {}) => {
    world = await engineWorld({
      ...options,
      wrapStore: store => {
        const admit: typeof store.admit = batch => {
          admissions += 1;
          return store.admit(batch);
        };
        return new Proxy(store, {
          get: (target, name) => (name === 'admit' ? admit : Reflect.get(target, name)),
        });
      },
    });
    admissions = 0;
    events = [];
    world.engine.onLedger(event => void events.push(event));
  };
  afterEach(() => world.close());

  function status(means: Acknowledgement['means'], over: Partial<Acknowledgement> = {}): Acknowledgement {
    const base = { channel: 'meta', business: 'b1', status: means, at: Date.now() } as const;
    return { ...base, providerId: sent(), means, ...over };
  }
  const sent = () => String(providerIds.at(-1));
  let providerIds: string[];
  beforeEach(() => {
    providerIds = [];
  });
  const watchSends = () => {
    const send = world.channel.send.bind(world.channel);
    world.channel.send = async (call, signal) => {
      const answer = await send(call, signal);
      providerIds.push(answer.providerId);
      return answer;
    };
  };
  const receive = async (...acknowledgements: Acknowledgement[]): Promise<AdmissionReport> => {
    const report = await world.engine.admit(world.channel, { messages: [], acknowledgements, rejected: [] });
    await world.time.settle();
    return report;
  };
  const level = async (providerId = sent()) => {
    const found = await world.store.ledgerEntry({ channel: 'meta', providerId });
    return found && levelOf(found.state);
  };
  const told = () =>
    events.map(event =>
      event.type === 'message.level' ? `${event.level}${event.implied ? ' implied' : ''}` : event.type,
    );

  it('are folded, told to listeners once, and repeats never reach the store', async () => {
    await begin();
    watchSends();
    await world.say('w1');
    admissions = 0;
    const read = status('read');
    const delivered = status('delivered');
    assert.equal((await receive(read)).acknowledged, 1);
    assert.deepEqual(await receive(delivered, delivered), {
      admitted: 0,
      duplicates: 0,
      foreign: 0,
      rejected: 0,
      acknowledged: 1,
      repeats: 1,
      orphans: 0,
      quarantined: 0,
    });
    assert.equal(admissions, 2);
    for (let times = 0; times < 10; times += 1) assert.equal((await receive(read, delivered)).repeats, 2);
    assert.equal(admissions, 2, 'repeats are dropped at the door');
    assert.deepEqual(told(), ['read', 'delivered']);
    assert.equal(await level(), 'read');
    assert.deepEqual(world.engine.statuses, { acknowledged: 2, repeats: 21, orphans: 0, quarantined: 0 });
  });

  it('of an earlier time than is known are no repeats', async () => {
    await begin();
    watchSends();
    await world.say('w1');
    await world.time.pass(5000);
    const at = Date.now();
    await receive(status('delivered', { at }));
    assert.equal((await receive(status('delivered', { at: at - 1000 }))).acknowledged, 1);
    assert.deepEqual(told(), ['delivered'], 'an earlier time is nothing to tell of');
  });

  it('of other businesses are set aside, and so are those of another recipient', async () => {
    await begin();
    watchSends();
    await world.say('w1');
    const report = await receive(
      status('read', { business: 'b9' }),
      status('read', { customer: '4915550007777' }),
      status('read', { business: 'b9', providerId: 'wamid.unknown' }),
    );
    assert.deepEqual([report.quarantined, report.acknowledged], [3, 0]);
    assert.equal(await level(), 'accepted');
    assert.deepEqual(events, []);
  });

  it('that come before the call’s answer are joined when it comes, and told then', async () => {
    await begin();
    const send = world.channel.send.bind(world.channel);
    world.channel.send = async (call, signal) => ({ ...(await send(call, signal)), providerId: 'out-1' });
    world.channel.answer = ({ what }) => (what === 'send' ? { afterMs: 2000 } : {});
    await world.say('w1');
    await world.time.pass(500);
    const early = {
      channel: 'meta',
      business: 'b1',
      providerId: 'out-1',
      status: 'delivered',
      at: Date.now(),
    } as const;
    assert.equal((await receive({ ...early, means: 'delivered' })).orphans, 1);
    assert.deepEqual(events, []);
    await world.time.pass(5000);
    assert.equal(await level('out-1'), 'delivered');
    assert.deepEqual(told(), ['delivered']);
  });

  it('that are quicker than the call’s answer have the last word, and the message counts once', async () => {
    await begin();
    let correlation = '';
    const send = world.channel.send.bind(world.channel);
    world.channel.send = (call, signal) => {
      correlation = call.correlation;
      return send(call, signal);
    };
    world.channel.answer = ({ what }) => (what === 'send' ? { afterMs: 2000, error: failures.refused } : {});
    await world.say('w1');
    await world.time.pass(500);
    const {
      items: [conversation],
    } = await world.store.listConversations({ limit: 1 });
    const quick = {
      channel: 'meta',
      business: 'b1',
      providerId: 'wamid.q',
      status: 'delivered',
      at: Date.now(),
    } as const;
    await receive({ ...quick, means: 'delivered', correlation });
    await world.time.pass(5000);
    const [entry] = await world.store.listLedger(String(conversation?.id), { limit: 5 });
    assert.deepEqual([entry?.sending, entry?.providerId, entry?.failure], ['sent', 'wamid.q', undefined]);
    const { messages, refused, replyWait } = await world.engine.figures.insights({});
    assert.deepEqual([messages.accepted, refused], [1, {}]);
    assert.equal(replyWait.count, 1);
    assert.deepEqual(told(), ['delivered']);
    assert.equal(world.turns.length, 1, 'the turn has not failed');
  });

  it('tell that the customer’s answer implies read, kept apart from real reads', async () => {
    await begin();
    watchSends();
    await world.say('w1');
    const first = sent();
    await receive(status('delivered'));
    await world.time.pass(5000);
    await world.say('w2');
    assert.equal(await level(first), 'read');
    assert.deepEqual(told(), ['delivered', 'read implied']);
    await receive(status('read', { providerId: first }));
    assert.deepEqual(told(), ['delivered', 'read implied', 'read']);
  });

  it('that say that the window was closed correct our clock', async () => {
    await begin();
    watchSends();
    await world.say('w1');
    const {
      items: [conversation],
    } = await world.store.listConversations({ limit: 1 });
    assert.ok(conversation);
    await world.time.pass(1000);
    const failed = { status: 'failed', failures: [{ code: '131047' }], windowClosed: true } as const;
    await receive(status('failed', failed));
    assert.deepEqual(told(), ['message.failed']);
    await assert.rejects(world.engine.send(conversation, { type: 'text', text: 'hi' }), {
      code: 'window_closed',
      message: 'This conversation has exceeded the 24 hour limit to respond to the customer.',
    });
    await world.say('w2');
    await world.engine.send(conversation, { type: 'text', text: 'hi' });
  });

  describe('of another sender’s messages, in a sidecar', () => {
    const another = (means: Acknowledgement['means'], providerId = 'wamid.agents'): Acknowledgement => ({
      channel: 'meta',
      business: 'b1',
      customer,
      providerId,
      status: means,
      means,
      at: Date.now(),
    });
    const sidecar = (repliedByStatus: boolean) =>
      begin({
        gateway: false,
        policies: { default: { handoff: { read: 'agentReplied', repliedByStatus } } },
      });
    const id = async () =>
      String((await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);

    it('count as the agent’s reply where the policy says so, once', async () => {
      await sidecar(true);
      await world.say('w1');
      await world.engine.reportAgent(await id(), 'accepted');
      assert.deepEqual(await world.outcomes(), { w1: 'held' });
      assert.equal((await receive(another('sent'))).acknowledged, 1);
      assert.deepEqual(await world.outcomes(), { w1: 'sent' });
      await world.say('w2');
      await receive(another('delivered'));
      assert.deepEqual(await world.outcomes(), { w1: 'sent', w2: 'held' });
      await receive(another('sent', 'wamid.agents2'));
      assert.deepEqual(await world.outcomes(), { w1: 'sent', w2: 'sent' });
    });

    it('count for nothing where it does not, or while no agent holds the conversation', async () => {
      await sidecar(false);
      await world.say('w1');
      await world.engine.reportAgent(await id(), 'accepted');
      await receive(another('sent'));
      assert.deepEqual(await world.outcomes(), { w1: 'held' });
      await world.close();
      await sidecar(true);
      await world.say('w1');
      await receive(another('sent'));
      assert.deepEqual(await world.outcomes(), { w1: 'held' });
      assert.deepEqual(told(), ['sent']);
    });

    it('count for nothing where they tell of a failure, or of what went out before the customer wrote', async () => {
      await sidecar(true);
      const failed = { ...another('failed'), failures: [{ code: '131026' }] };
      const unknown = { ...another('unknown', 'wamid.b'), status: 'warning' };
      const early = { ...another('read', 'wamid.c'), at: Date.now() - 20 * 3_600_000 };
      await world.say('w1');
      await world.engine.reportAgent(await id(), 'accepted');
      await receive(failed, unknown, early);
      assert.deepEqual(await world.outcomes(), { w1: 'held' });
    });

    it('wait where a bot runs here: nobody else sends over its number', async () => {
      await begin();
      assert.equal((await receive(another('sent'))).orphans, 1);
    });
  });
});
