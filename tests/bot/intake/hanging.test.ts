import assert from 'node:assert/strict';
import sinon from 'sinon';
import { SpoolFile } from '../../../bot/intake/spoolFile.ts';
import { awayWorld } from './awayWorld.ts';

const second = 1000;

/** Lets every write to the spool hang until it is restored. */
function hangingDisk(): { restore(): void } {
  const { append } = SpoolFile.prototype;
  const back = Promise.withResolvers<void>();
  const stub = sinon.stub(SpoolFile.prototype, 'append').callsFake(async function (
    this: SpoolFile<object>,
    item,
  ) {
    await back.promise;
    return append.call(this, item);
  });
  return {
    restore() {
      stub.restore();
      back.resolve();
    },
  };
}

describe('the pass-through, where something hangs', () => {
  const away = awayWorld();

  it('counts a store that hangs as away, after 2 s', async () => {
    await away.start();
    away.world.storeIs('hangs');
    const answer = away.bring(1);
    await away.time.settle();
    assert.deepEqual(away.world.taken(), []);
    await away.time.jump(2 * second);
    assert.equal((await answer)?.status, 200);
    const asked = away.world.storeCalls();
    const others = [2, 3, 4].map(number => away.bring(number, { customer: `1555000222${number}` }));
    for (const other of others) assert.equal((await other)?.status, 200);
    assert.equal(away.world.storeCalls(), asked, 'nothing piles up behind what hangs');
    await away.back();
    // What it has kept after all is looked at when its lease ends.
    await away.time.jump(30 * second);
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [1, 2, 3, 4]);
    for (const number of [1, 2, 3, 4])
      assert.equal((await away.world.message(number))?.receipt?.outcome, 'held');
  });

  it('answers after 10 s where whoever is behind does not, and keeps the request', async () => {
    await away.start();
    away.world.storeIs('away');
    away.world.door.strike('hang');
    const answer = away.bring(1);
    await away.world.door.called(1);
    await away.time.jump(10 * second);
    assert.equal(await answer, undefined);
    await away.back();
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [1]);
  });

  it('waits neither for a spool that hangs', async () => {
    await away.start();
    away.world.storeIs('away');
    const disk = hangingDisk();
    try {
      const first = away.bring(1);
      await away.time.settle();
      await away.time.jump(second);
      assert.equal((await first)?.status, 200);
      away.world.door.strike({ status: 500 });
      const refused = assert.rejects(away.bring(2), { code: 'store_unavailable' });
      await away.time.settle();
      await away.time.jump(second);
      await refused;
      assert.equal(away.counts()?.spooled, 0);
    } finally {
      disk.restore();
    }
    await away.world.until(() => away.counts()?.spooled === 2);
    await away.back();
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [1, 2]);
    assert.equal((await away.world.message(1))?.receipt?.outcome, 'held');
  });

  it('lets nothing overtake what went from the spool to the store meanwhile', async () => {
    await away.start();
    away.world.storeIs('away');
    away.world.door.strike({ status: 500 });
    assert.equal(await away.bring(1), undefined);
    away.world.storeIs('there');
    await away.time.jump(1.5 * second);
    const disk = hangingDisk();
    try {
      const refused = assert.rejects(away.bring(2), { code: 'store_unavailable' });
      away.world.door.strike({ status: 500 });
      await away.time.jump(0.5 * second);
      await away.world.until(async () => {
        await away.time.jump(0);
        return away.world.door.calls.length === 2;
      });
      await away.time.jump(0.5 * second);
      await refused;
      assert.deepEqual(away.world.taken(), []);
    } finally {
      disk.restore();
    }
    await away.world.until(() => away.counts()?.spooled === 2);
    await away.back();
    await away.time.jump(second);
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [1, 2]);
  });

  it('counts what a spool that hung has lost in the end', async () => {
    await away.start();
    away.world.storeIs('away');
    const disk = Promise.withResolvers<void>();
    const hanging = sinon.stub(SpoolFile.prototype, 'append').returns(disk.promise);
    try {
      const answer = away.bring(1);
      await away.time.settle();
      await away.time.jump(second);
      assert.equal((await answer)?.status, 200);
      assert.equal(away.counts()?.unadmitted, 0);
      disk.reject(new Error('EIO'));
      await away.world.until(() => away.counts()?.unadmitted === 1);
    } finally {
      hanging.restore();
    }
  });
});
