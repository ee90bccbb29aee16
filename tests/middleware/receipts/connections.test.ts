import assert from 'node:assert/strict';
import type { ConnectionReport } from '../../../middleware/domain.ts';
import type { StateItem } from '../../../middleware/ports.ts';
import { SharedReports, type SharedReportsParts } from '../../../middleware/receipts/sharedReports.ts';
import { systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { answering, type Dialog, engineWorld, quietLog, type World } from '../../support/engineWorld.ts';
import { fakeTime } from '../../support/fakeTime.ts';
import { failures, independent, type SeenCall, scriptedChannel } from '../../support/scriptedChannel.ts';

const hourMs = 60 * 60 * 1000;
const down = { business: 'b1', up: false, because: 'SCAN_QR_CODE' };
const up = { business: 'b1', up: true, because: 'WORKING' };

describe('a provider’s link to WhatsApp', () => {
  let world: World;
  const begin = async (dialog: Dialog = answering()) => {
    world = await engineWorld({ capabilities: independent, dialog });
  };
  afterEach(() => world.close());

  /** The provider says how its link is, now if nothing else is said. */
  const report = async (state: Omit<ConnectionReport, 'at'>, at = world.time.now()) => {
    const none = { messages: [], acknowledgements: [], rejected: [] };
    await world.engine.admit(world.channel, { ...none, connections: [{ ...state, at }] });
    await world.time.settle();
  };
  const calls = (what?: SeenCall['what']) =>
    world.channel.calls.filter(call => what === undefined || call.what === what);
  const logged = (level: string) => world.log.lines.filter(line => line.level === level);

  it('holds back receipts, typing and replies while it is down, and lets them go when it is up', async () => {
    await begin();
    await report(down);
    await world.say('m1');
    await world.time.pass(60_000);
    assert.deepEqual(calls(), []);
    assert.deepEqual(await world.outcomes(), { m1: 'scheduled' });

    await report(up);
    await world.time.pass(30_000);
    assert.deepEqual(await world.outcomes(), { m1: 'sent' });
    assert.deepEqual(
      calls('send').map(({ text }) => text),
      ['answer to m1'],
    );
    const [receipt] = await world.receipts();
    assert.equal(receipt?.attempts, 1);
  });

  it('lets typing show again in a turn that goes on', async () => {
    await begin(async turn => {
      await turn.think();
      await new Promise(resolve => setTimeout(resolve, 60_000));
    });
    await report(down);
    await world.say('m1');
    await world.time.pass(30_000);
    assert.deepEqual(calls('typing'), []);
    await report(up);
    await world.time.pass(30_000);
    assert.ok(calls('typing').length > 0);
    await world.time.pass(60_000);
  });

  it('has what is owed wait without end: also a reply that is older than its provider would take faults for', async () => {
    await begin();
    await report(down);
    await world.say('m1');
    for (let hours = 0; hours < 30; hours += 6) {
      await world.time.jump(6 * hourMs);
      await world.time.pass(30_000);
    }
    assert.deepEqual(await world.outcomes(), { m1: 'scheduled' });
    await report(up);
    await world.time.pass(30_000);
    assert.deepEqual(
      calls().map(({ what }) => what),
      ['send', 'read'],
    );
    assert.deepEqual(await world.outcomes(), { m1: 'sent' });
  });

  it('raises one alarm, and fills no log with what waits', async () => {
    await begin();
    await report(down);
    await world.say('m1');
    await world.time.pass(10 * 60_000);
    await report({ ...down, because: 'STARTING' });
    assert.deepEqual(logged('error'), [
      {
        level: 'error',
        fields: { channel: 'meta', because: 'SCAN_QR_CODE' },
        message: 'The provider is not connected to WhatsApp: what is owed waits until it is',
      },
    ]);
    assert.deepEqual(logged('warn'), []);
    await report(up);
    await report(up);
    assert.deepEqual(logged('info'), [
      {
        level: 'info',
        fields: { channel: 'meta', because: 'WORKING' },
        message: 'The provider is connected to WhatsApp again',
      },
    ]);
    await world.time.pass(30_000);
  });

  it('is looked at again soon while it has just gone, and every half minute in the end', async () => {
    await begin();
    for (const [downMs, withinMs] of [
      [0, 1000],
      [10_000, 5000],
      [12 * hourMs, 30_000],
    ] as const) {
      const text = `m${downMs}`;
      await report(down);
      await world.time.jump(downMs);
      await world.say(text);
      await report(up);
      await world.time.pass(withinMs - 1);
      assert.equal((await world.outcomes())[text], 'scheduled');
      await world.time.pass(1);
      assert.equal((await world.outcomes())[text], 'sent');
    }
  });

  it('is not taken for down by a report that is older than one that is known', async () => {
    await begin();
    const now = world.time.now();
    await report(up, now);
    await report(down, now - 1);
    await world.say('m1');
    assert.equal(calls('read').length, 1);
    // Of two reports of one millisecond the later to come counts.
    await report(down, now);
    await world.say('m2');
    assert.equal(calls('read').length, 1);
  });

  it('is up by the word that says so, also where the one before came from a clock that is fast', async () => {
    await begin();
    await report(down, world.time.now() + hourMs);
    await world.say('m1');
    await report(up, world.time.now() + 1);
    await world.time.pass(30_000);
    assert.deepEqual(await world.outcomes(), { m1: 'sent' });
  });

  it('is each business’s own, and no stranger’s word counts', async () => {
    await begin();
    await report({ ...down, business: 'b2' });
    await report({ ...down, business: 'somebody-else' });
    await report({ ...up, business: 'somebody-else' });
    await world.say('m1', { providerId: 'm2', business: 'b2' });
    assert.deepEqual(
      calls('read').map(({ messageId }) => messageId),
      ['m1'],
    );
    assert.deepEqual(
      logged('warn').map(({ message }) => message),
      ['The state of another business is left alone'],
    );
  });

  it('keeps no other number waiting while it is down, nor afterwards, however much is owed', async () => {
    world = await engineWorld({
      capabilities: { ...independent, callsPerSecond: 10 },
      gateway: false,
      policies: { default: { handoff: { read: 'accepted' } } },
    });
    await report(down);
    const owed = Array.from({ length: 2100 }, (_, index) => ({
      providerId: `m${index}`,
      customer: `49155500${10_000 + index}`,
    }));
    await world.say(...owed);
    // By then all of it is old, and told to come again in turn.
    await world.time.pass(100_000);
    const readSoon = async (id: string) => {
      await world.say({ providerId: id, business: 'b2', customer: '1' });
      assert.ok(calls('read').some(({ messageId }) => messageId === id));
    };
    await readSoon('while it is down');
    await report(up);
    await world.time.pass(10_000);
    await readSoon('afterwards');
    const before = calls('read').length;
    await world.time.pass(10_000);
    const rate = (calls('read').length - before) / 10;
    assert.ok(rate > 9 && rate <= 10.1, `${rate} receipts a second`);
  }).timeout(20_000);

  it('counts as up after a start, until somebody says otherwise', async () => {
    await begin();
    await world.say('m1');
    assert.equal(calls('read').length, 1);
  });

  it('has a call that fails meanwhile made again when it is up', async () => {
    await begin();
    world.channel.answer = ({ what }) => (what === 'read' ? { error: failures.overloaded } : {});
    await world.say('m1');
    await report(down);
    await world.time.pass(60_000);
    assert.equal(calls('read').length, 1);
    world.channel.answer = () => ({});
    await report(up);
    await world.time.pass(30_000);
    assert.deepEqual(await world.outcomes(), { m1: 'sent' });
    assert.equal((await world.receipts())[0]?.attempts, 2);
  });

  it('tells why items were passed over, in the log alone', async () => {
    await begin();
    const none = { messages: [], acknowledgements: [], rejected: [] };
    const events = { ...none, ignored: ['message is about a group'] };
    const { admitted, rejected } = await world.engine.admit(world.channel, events);
    assert.deepEqual([admitted, rejected], [0, 0]);
    assert.deepEqual(logged('debug')[0], {
      level: 'debug',
      fields: { channel: 'meta', ignored: ['message is about a group'] },
      message: 'Items are passed over',
    });
  });
});

describe('a provider’s link to WhatsApp, where several instances share the store', () => {
  it('is known to the one that was not told', async () => {
    const state = new Map<string, StateItem>();
    const store: SharedReportsParts['store'] = {
      readState: async keys => keys.flatMap(key => state.get(key) ?? []),
      async writeState(changes) {
        for (const { key, to } of changes) if (to !== undefined) state.set(key, { key, ...to });
        return { conflicts: [] };
      },
    };
    const time = fakeTime();
    const channel = scriptedChannel({ ...independent, unofficial: 'a linked device' }, () => 0);
    const heard: string[] = [];
    const join = (name: string) => {
      const gate = {
        heed: (_: unknown, { up: isUp }: ConnectionReport) => void heard.push(`${name} ${isUp}`),
      };
      return new SharedReports([channel], { store, scheduler: systemScheduler, log: quietLog(), gate });
    };
    const [told, other] = [join('told'), join('other')];
    try {
      other.start();
      told.heed(channel, { ...down, at: 1000 });
      await time.pass(2000);
      assert.deepEqual(heard.splice(0), ['told false', 'other false']);
      told.heed(channel, { ...up, at: 2000 });
      // What was said before does not take its place.
      await time.settle();
      told.heed(channel, { ...down, at: 1500 });
      await time.pass(2000);
      assert.deepEqual(heard.splice(0), ['told true', 'told false', 'other true']);
      other.stop();
      assert.equal(time.pending(), 0);
    } finally {
      time.restore();
    }
  });
});
