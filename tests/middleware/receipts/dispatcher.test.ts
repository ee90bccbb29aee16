import assert from 'node:assert/strict';
import { leaseMs } from '../../../middleware/receipts/dispatcher.ts';
import { dispatcherWorld } from './dispatcherWorld.ts';

describe('the dispatcher', () => {
  const world = dispatcherWorld();

  it('begins with whatever is due, and has no timer left when the leases have ended', async () => {
    await world.owe('anna', -1);
    await world.owe('ben', -1);
    // What the store handed out at admission went down with the process that asked.
    await world.time.pass(leaseMs);
    world.dispatcher.start();
    await world.time.settle();
    await world.time.pass(0);
    assert.deepEqual(world.begun.toSorted(), [`receipt anna@${leaseMs}`, `receipt ben@${leaseMs}`]);
    await world.time.pass(leaseMs);
    assert.equal(world.begun.length, 2);
    assert.equal(world.time.pending(), 0);
  });

  it('does what falls due later, when it does', async () => {
    await world.owe('anna', 3000);
    await world.owe('ben', 1000);
    world.dispatcher.start();
    await world.time.pass(5000);
    assert.deepEqual(world.begun, ['receipt ben@1000', 'receipt anna@3000']);
    assert.deepEqual(world.asked, [0, 1000, 3000]);
  });

  it('has one timer, for the earliest', async () => {
    world.dispatcher.start();
    await world.time.pass(0);
    assert.equal(world.time.pending(), 0);
    world.dispatcher.wakeAt(world.start + 5000);
    assert.equal(world.time.pending(), 1);
    world.dispatcher.wakeAt(world.start + 2000);
    world.dispatcher.wakeAt(world.start + 8000);
    world.dispatcher.wakeAt(world.start + 2000);
    world.dispatcher.wakeAt(undefined);
    assert.equal(world.time.pending(), 1);
    await world.time.pass(10_000);
    assert.deepEqual(world.asked, [0, 2000]);
  });

  it('looks again after a minute for what is due much later, rather than trust a long timer', async () => {
    await world.owe('anna', 150_000);
    world.dispatcher.start();
    await world.time.pass(150_000);
    assert.deepEqual(world.asked, [0, 60_000, 120_000, 150_000]);
    assert.deepEqual(world.begun, ['receipt anna@150000']);
  });

  it('does at once what is handed to it, turns first', async () => {
    world.dispatcher.start();
    await world.time.pass(0);
    const claims = await world.owe('anna', 0, true);
    world.dispatcher.take(claims.toReversed());
    assert.deepEqual(world.begun, ['turn anna@0', 'receipt anna@0']);
  });

  it('never works twice at once in a lane, and looks once more afterwards for what was claimed meanwhile', async () => {
    world.dispatcher.start();
    const first = Promise.withResolvers<void>();
    world.work = async (_kind, { id }) => {
      await first.promise;
      await world.giveBack(id);
    };
    const claims = await world.owe('anna', 0);
    world.dispatcher.take(claims);
    world.dispatcher.take(claims);
    world.dispatcher.take(claims);
    // The lease ends under the long work: the store gives the claim to whoever asks, which is us again.
    world.dispatcher.wakeAt(world.start + leaseMs);
    await world.time.pass(leaseMs);
    assert.deepEqual(world.begun, ['receipt anna@0']);
    first.resolve();
    await world.time.settle();
    assert.deepEqual(world.begun, ['receipt anna@0', `receipt anna@${leaseMs}`]);
  });

  it('does not work in a lane in which somebody else of this process works, until that has ended', async () => {
    world.dispatcher.start();
    const done = Promise.withResolvers<string>();
    const [claim] = await world.owe('anna', 0);
    assert.ok(claim !== undefined);
    const held = world.dispatcher.hold(claim, () => done.promise);
    world.dispatcher.take([claim]);
    await world.time.pass(500);
    assert.deepEqual(world.begun, []);
    done.resolve('done');
    assert.equal(await held, 'done');
    await world.time.settle();
    assert.deepEqual(world.begun, ['receipt anna@500']);
  });

  it('works in other lanes meanwhile', async () => {
    world.dispatcher.start();
    const done = Promise.withResolvers<void>();
    world.work = async (_kind, { customer, id }) => {
      if (customer === 'anna') await done.promise;
      await world.giveBack(id);
    };
    world.dispatcher.take(await world.owe('anna', 0));
    world.dispatcher.take(await world.owe('ben', 0));
    assert.deepEqual(world.begun, ['receipt anna@0', 'receipt ben@0']);
    done.resolve();
  });

  it('frees a lane also when the work in it fails, and hands the error over', async () => {
    world.dispatcher.start();
    const [claim] = await world.owe('anna', 0);
    assert.ok(claim !== undefined);
    const failed = world.dispatcher.hold(claim, () => Promise.reject(new Error('no')));
    await assert.rejects(failed, /^Error: no$/);
    world.dispatcher.take([claim]);
    assert.deepEqual(world.begun, ['receipt anna@0']);
  });

  it('asks a store that failed again after a second', async () => {
    await world.owe('anna', 500);
    world.dispatcher.start();
    await world.time.pass(0);
    world.away = true;
    await world.time.pass(2600);
    assert.deepEqual(world.asked, [0, 500, 1500, 2500]);
    assert.deepEqual(world.begun, []);
    world.away = false;
    await world.time.pass(1000);
    assert.deepEqual(world.begun, ['receipt anna@3500']);
    const errors = world.log.lines.filter(({ level }) => level === 'error');
    assert.equal(errors.length, 3);
    assert.equal(errors[0]?.message, 'The store cannot be asked for due work');
  });

  it('does work that failed again when its lease has ended', async () => {
    let tries = 0;
    world.work = async (_kind, { id }) => {
      tries += 1;
      if (tries === 1) throw new Error('no');
      await world.giveBack(id);
    };
    await world.owe('anna', 100);
    world.dispatcher.start();
    await world.time.pass(60_000);
    assert.deepEqual(world.begun, ['receipt anna@100', `receipt anna@${100 + leaseMs}`]);
    const [line] = world.log.lines;
    assert.equal(line?.message, 'Work failed; it is due again');
  });

  it('takes more than one handful of claims without waiting', async () => {
    for (let customer = 0; customer < 450; customer += 1) await world.owe(`c${customer}`, 1000);
    world.dispatcher.start();
    await world.time.pass(1000);
    assert.equal(world.begun.length, 450);
    assert.ok(world.begun.every(what => what.endsWith('@1000')));
  });
});
