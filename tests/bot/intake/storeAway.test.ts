import assert from 'node:assert/strict';
import sinon from 'sinon';
import { SpoolFile } from '../../../bot/intake/spoolFile.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';
import { type IntakeWorld, startIntakeWorld, type Wrote } from '../../support/intakeWorld.ts';

const second = 1000;

describe('the pass-through, while the store is away', () => {
  let time: FakeTime;
  let world: IntakeWorld;
  const start = async (options?: Parameters<typeof startIntakeWorld>[0]) => {
    world = await startIntakeWorld(options);
  };
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(async () => {
    world.storeIs('there');
    await world.close();
    time.restore();
  });

  const bring = (number: number, over: Partial<Wrote> = {}) => world.bring({ number, ...over });
  const counts = () => world.intake.passThrough?.counts;
  /** The store is back, and has what waited. */
  const back = async () => {
    world.storeIs('there');
    await time.jump(2 * second);
    await world.until(async () => (await world.spool()).length === 0);
  };
  const noneQueued = () =>
    world.until(async () => {
      await time.jump(0);
      return (await world.store.countForwards()) === 0;
    });

  it('passes requests on, relays their answers, and admits them when it is back', async () => {
    await start();
    world.storeIs('away');
    assert.equal((await bring(1))?.status, 200);
    assert.equal((await bring(2, { customer: '15550002222' }))?.status, 200);
    assert.equal(counts()?.spooled, 2);
    assert.equal(await world.message(1), undefined);
    const came = time.now();
    await time.jump(2 * second);
    await time.settle();
    assert.ok((await world.spool()).length >= 2, 'it is away still');
    await back();
    await noneQueued();
    const first = await world.message(1);
    assert.equal(first?.receipt?.outcome, 'held');
    assert.equal(first?.conversation.windowFrom, came, 'the window runs from when it came');
    assert.equal((await world.message(2))?.receipt?.sentAt, came);
    assert.deepEqual(world.taken(), [1, 2]);
    assert.deepEqual(counts(), { spooled: 2, unadmitted: 0, unreadable: 0 });
  });

  it('knows a repeat meanwhile, when it is back, and after a restart', async () => {
    await start();
    world.storeIs('away');
    await bring(1);
    assert.equal(await bring(1), undefined);
    await back();
    assert.equal(await bring(1), undefined);
    await world.restart();
    assert.equal(await bring(1), undefined);
    assert.deepEqual(world.taken(), [1]);
  });

  it('does not pass on again what went out before the process ended, and admits it', async () => {
    await start();
    world.storeIs('away');
    await bring(1);
    await world.until(async () => (await world.spool()).length === 2);
    world.storeIs('there');
    await world.restart();
    await world.until(async () => (await world.spool()).length === 0);
    await noneQueued();
    assert.equal((await world.message(1))?.receipt?.outcome, 'held');
    assert.equal(await bring(1), undefined);
    assert.deepEqual(world.taken(), [1]);
  });

  it('keeps what is not taken either, and passes it on when it is back, once', async () => {
    await start();
    world.storeIs('away');
    world.door.strike({ status: 503 });
    assert.equal(await bring(1), undefined);
    assert.deepEqual(world.taken(), []);
    await back();
    await noneQueued();
    assert.deepEqual(world.taken(), [1]);
    assert.equal((await world.message(1))?.receipt?.outcome, 'held');
  });

  it('keeps what is not taken over a restart', async () => {
    await start();
    world.storeIs('away');
    world.door.strike('drop');
    assert.equal(await bring(1), undefined);
    world.storeIs('there');
    await world.restart();
    await world.until(async () => (await world.spool()).length === 0);
    await noneQueued();
    assert.deepEqual(world.taken(), [1]);
  });

  it('passes a burst of one customer on in its order', async () => {
    await start();
    world.storeIs('away');
    const answers = await Promise.all([1, 2, 3, 4].map(number => bring(number)));
    assert.deepEqual(
      answers.map(answer => answer?.status),
      [200, 200, 200, 200],
    );
    assert.deepEqual(world.taken(), [1, 2, 3, 4]);
    await back();
    await noneQueued();
    assert.deepEqual(world.taken(), [1, 2, 3, 4]);
  });

  it('lets nothing of a customer overtake what waits in the spool, also while it comes back', async () => {
    await start();
    world.storeIs('away');
    world.door.strike({ status: 500 });
    assert.equal(await bring(1), undefined);
    assert.equal(await bring(2), undefined);
    assert.equal((await bring(3, { customer: '15550002222' }))?.status, 200);
    world.storeIs('there');
    assert.equal(await bring(4), undefined, 'nobody has looked into the spool yet');
    assert.deepEqual(world.taken(), [3]);
    await back();
    await noneQueued();
    assert.deepEqual(world.taken(), [3, 1, 2, 4]);
    assert.equal((await bring(5))?.status, 200);
  });

  it('passes on what is kept and only not admitted, once, and admits it later', async () => {
    await start();
    world.storeIs('admitsNothing');
    assert.equal((await bring(1))?.status, 200);
    world.door.strike({ status: 500 });
    assert.equal(await bring(2), undefined);
    assert.equal(counts()?.spooled, 2);
    await back();
    await noneQueued();
    assert.deepEqual(world.taken(), [1, 2]);
    for (const number of [1, 2]) assert.equal((await world.message(number))?.receipt?.outcome, 'held');
  });

  it('counts a store that hangs as away, after 2 s', async () => {
    await start();
    world.storeIs('hangs');
    const answer = bring(1);
    await time.settle();
    assert.deepEqual(world.taken(), []);
    await time.jump(2 * second);
    assert.equal((await answer)?.status, 200);
    await back();
    // What it has kept after all is looked at when its lease ends.
    await time.jump(30 * second);
    await noneQueued();
    assert.deepEqual(world.taken(), [1]);
    assert.equal((await world.message(1))?.receipt?.outcome, 'held');
  });

  it('answers after 10 s where whoever is behind does not, and keeps the request', async () => {
    await start();
    world.storeIs('away');
    world.door.strike('hang');
    const answer = bring(1);
    await world.door.called(1);
    await time.jump(10 * second);
    assert.equal(await answer, undefined);
    await back();
    await noneQueued();
    assert.deepEqual(world.taken(), [1]);
  });

  it('waits neither for a spool that hangs', async () => {
    await start();
    world.storeIs('away');
    const { append } = SpoolFile.prototype;
    const disk = Promise.withResolvers<void>();
    const hanging = sinon.stub(SpoolFile.prototype, 'append').callsFake(async function (
      this: SpoolFile<object>,
      item,
    ) {
      await disk.promise;
      return append.call(this, item);
    });
    try {
      const first = bring(1);
      await time.settle();
      await time.jump(second);
      assert.equal((await first)?.status, 200);
      world.door.strike({ status: 500 });
      const refused = assert.rejects(bring(2), { code: 'store_unavailable' });
      await time.settle();
      await time.jump(second);
      await refused;
      assert.equal(counts()?.spooled, 0);
    } finally {
      hanging.restore();
    }
    disk.resolve();
    await world.until(() => counts()?.spooled === 2);
    await back();
    await noneQueued();
    assert.deepEqual(world.taken(), [1, 2]);
    assert.equal((await world.message(1))?.receipt?.outcome, 'held');
  });

  describe('and the spool too', () => {
    beforeEach(async () => {
      await start({ spoolLimit: 10 });
      world.storeIs('away');
    });

    it('passes requests on, counts them, and says that their messages have no receipt', async () => {
      assert.equal((await bring(1))?.status, 200);
      assert.equal(await bring(1), undefined);
      assert.deepEqual(counts(), { spooled: 0, unadmitted: 1, unreadable: 0 });
      const errors = world.log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
      assert.ok(errors.includes('A request is passed on and admitted nowhere: its message has no receipt'));
      world.storeIs('there');
      assert.equal(await bring(1), undefined);
      assert.deepEqual(world.taken(), [1]);
      assert.equal(await world.message(1), undefined);
    });

    it('refuses what nobody takes, so that Twilio comes again, and then tries anew', async () => {
      world.door.strike({ status: 500 });
      await assert.rejects(bring(1), { code: 'store_unavailable' });
      assert.equal((await bring(1))?.status, 200);
      assert.deepEqual(world.taken(), [1]);
    });

    it('relays a refusal', async () => {
      world.door.strike({ status: 422 });
      assert.equal((await bring(1))?.status, 422);
    });
  });
});
