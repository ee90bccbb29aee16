import assert from 'node:assert/strict';
import { dispatcherWorld } from './dispatcherWorld.ts';

describe('the dispatcher', () => {
  const world = dispatcherWorld();

  describe('that stops', () => {
    it('waits for what is under way', async () => {
      world.dispatcher.start();
      const done = Promise.withResolvers<void>();
      world.work = () => done.promise;
      world.dispatcher.take(await world.owe('anna', 0));
      let stopped = false;
      const stopping = world.dispatcher.stop().then(() => {
        stopped = true;
      });
      await world.time.settle();
      assert.equal(stopped, false);
      done.resolve();
      await stopping;
      assert.equal(stopped, true);
    });

    it('waits for what others do in a lane that they hold, too', async () => {
      world.dispatcher.start();
      const done = Promise.withResolvers<void>();
      const [claim] = await world.owe('anna', 0);
      assert.ok(claim !== undefined);
      const held = world.dispatcher.hold(claim, () => done.promise);
      let stopped = false;
      const stopping = world.dispatcher.stop().then(() => {
        stopped = true;
      });
      await world.time.settle();
      assert.equal(stopped, false);
      done.resolve();
      await Promise.all([held, stopping]);
    });

    it('ends well although work under way fails', async () => {
      world.dispatcher.start();
      world.work = () => Promise.reject(new Error('no'));
      world.dispatcher.take(await world.owe('anna', 0));
      await world.dispatcher.stop();
    });

    it('takes nothing new, and sets no timer', async () => {
      world.dispatcher.start();
      await world.time.pass(0);
      world.dispatcher.wakeAt(world.start + 1000);
      await world.dispatcher.stop();
      assert.equal(world.time.pending(), 0);
      world.dispatcher.take(await world.owe('anna', 0));
      world.dispatcher.wakeAt(world.start + 500);
      assert.equal(world.time.pending(), 0);
      assert.deepEqual(world.begun, []);
    });

    it('does nothing before it is started', async () => {
      world.dispatcher.take(await world.owe('anna', 0));
      world.dispatcher.wakeAt(world.start);
      await world.time.pass(1000);
      assert.deepEqual([world.begun, world.asked], [[], []]);
    });
  });
});
