import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { awayWorld } from './awayWorld.ts';

const second = 1000;

describe('the pass-through, while the store is away', () => {
  const away = awayWorld();

  it('passes requests on, relays their answers, and admits them when it is back', async () => {
    await away.start();
    away.world.storeIs('away');
    assert.equal((await away.bring(1))?.status, 200);
    assert.equal((await away.bring(2, { customer: '15550002222' }))?.status, 200);
    assert.equal(away.counts()?.spooled, 2);
    assert.equal(await away.world.message(1), undefined);
    const came = away.time.now();
    await away.time.jump(2 * second);
    await away.time.settle();
    assert.ok((await away.world.spool()).length >= 2, 'it is away still');
    await away.back();
    await away.noneQueued();
    const first = await away.world.message(1);
    assert.equal(first?.receipt?.outcome, 'held');
    assert.equal(first?.conversation.windowFrom, came, 'the window runs from when it came');
    assert.equal((await away.world.message(2))?.receipt?.sentAt, came);
    assert.deepEqual(away.world.taken(), [1, 2]);
    assert.deepEqual(away.counts(), { spooled: 2, unadmitted: 0, unreadable: 0 });
  });

  it('knows a repeat meanwhile, when it is back, and after a restart', async () => {
    await away.start();
    away.world.storeIs('away');
    await away.bring(1);
    assert.equal(await away.bring(1), undefined);
    await away.back();
    assert.equal(await away.bring(1), undefined);
    await away.world.restart();
    assert.equal(await away.bring(1), undefined);
    assert.deepEqual(away.world.taken(), [1]);
  });

  it('does not pass on again what went out before the process ended, and admits it', async () => {
    await away.start();
    away.world.storeIs('away');
    await away.bring(1);
    await away.world.until(async () => (await away.world.spool()).length === 2);
    away.world.storeIs('there');
    await away.world.restart();
    await away.world.until(async () => (await away.world.spool()).length === 0);
    await away.noneQueued();
    assert.equal((await away.world.message(1))?.receipt?.outcome, 'held');
    assert.equal(await away.bring(1), undefined);
    assert.deepEqual(away.world.taken(), [1]);
  });

  it('keeps what is not taken either, and passes it on when it is back, once', async () => {
    await away.start();
    away.world.storeIs('away');
    away.world.door.strike({ status: 503 });
    assert.equal(await away.bring(1), undefined);
    assert.deepEqual(away.world.taken(), []);
    await away.back();
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [1]);
    assert.equal((await away.world.message(1))?.receipt?.outcome, 'held');
  });

  it('keeps what is not taken over a restart, and lets nothing of its customer overtake it', async () => {
    await away.start();
    away.world.storeIs('away');
    away.world.door.strike('drop');
    assert.equal(await away.bring(1), undefined);
    assert.equal((await away.bring(2, { customer: '15550002222' }))?.status, 200);
    await away.world.restart();
    assert.equal(await away.bring(3), undefined);
    assert.equal(
      (await away.bring(4, { customer: '15550002222' }))?.status,
      200,
      'that customer’s has gone out',
    );
    assert.deepEqual(away.world.taken(), [2, 4]);
    await away.back();
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [2, 4, 1, 3]);
  });

  it('keeps what waits where the setting is taken away, says so, and passes it on when it is set again', async () => {
    await away.start();
    away.world.storeIs('away');
    away.world.door.strike('drop');
    await away.bring(1);
    away.world.storeIs('there');
    await away.world.restart({ forwards: false });
    const told = /wait to be passed on, and TWILIO_FORWARD_URL is not set/;
    await away.world.until(() => away.world.log.lines.some(({ message }) => told.test(message)));
    assert.equal((await away.world.message(1))?.receipt?.outcome, 'held');
    await away.world.restart();
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [1]);
  });

  it('passes over a line that the disk has damaged, and says so', async () => {
    await away.start();
    away.world.storeIs('away');
    away.world.door.strike('drop');
    await away.bring(1);
    const [line = ''] = await away.world.spool();
    const damaged = line.replace('"receivedAt":', '"receivedAm":');
    assert.notEqual(damaged, line);
    // As long as before: the file is open.
    await writeFile(away.world.spoolPath, `${damaged}\n`);
    away.world.door.strike('drop');
    await away.bring(2, { customer: '15550002222' });
    await away.back();
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [2]);
    assert.ok(
      away.world.log.lines.some(({ message }) => message.startsWith('A line of the spool is damaged')),
    );
  });

  it('passes a burst of one customer on in its order', async () => {
    await away.start();
    away.world.storeIs('away');
    const answers = await Promise.all([1, 2, 3, 4].map(number => away.bring(number)));
    assert.deepEqual(
      answers.map(answer => answer?.status),
      [200, 200, 200, 200],
    );
    assert.deepEqual(away.world.taken(), [1, 2, 3, 4]);
    await away.back();
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [1, 2, 3, 4]);
  });

  it('looks whether it is back however much comes meanwhile', async () => {
    await away.start();
    away.world.storeIs('away');
    away.world.door.strike({ status: 500 });
    assert.equal(await away.bring(1), undefined);
    away.world.storeIs('there');
    for (let number = 2; number <= 6; number += 1) {
      let answered = false;
      const bringing = away.bring(number).finally(() => {
        answered = true;
      });
      // Nothing of it is under way when the clock jumps: a disk that takes its time is none that hangs.
      await away.world.until(async () => {
        await away.time.jump(0);
        return answered;
      });
      await bringing;
      await away.time.jump(second);
    }
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [1, 2, 3, 4, 5, 6]);
  });

  it('brings many to the store together, and keeps the order of each customer', async () => {
    await away.start();
    away.world.storeIs('away');
    away.world.door.answer = () => ({ status: 500 });
    const numbers = Array.from({ length: 120 }, (_, index) => index + 1);
    const customerOf = (number: number) => `1555000${String(number % 3).padStart(4, '0')}`;
    for (const number of numbers)
      assert.equal(await away.bring(number, { customer: customerOf(number) }), undefined);
    away.world.door.answer = () => ({ status: 200 });
    await away.back();
    await away.noneQueued();
    const taken = away.world.taken();
    for (const customer of [0, 1, 2]) {
      const ofCustomer = (number: number) => number % 3 === customer;
      assert.deepEqual(taken.filter(ofCustomer), numbers.filter(ofCustomer));
    }
    for (const number of numbers) assert.equal((await away.world.message(number))?.receipt?.outcome, 'held');
  });

  it('lets nothing of a customer overtake what waits in the spool, also while it comes back', async () => {
    await away.start();
    away.world.storeIs('away');
    away.world.door.strike({ status: 500 });
    assert.equal(await away.bring(1), undefined);
    assert.equal(await away.bring(2), undefined);
    assert.equal((await away.bring(3, { customer: '15550002222' }))?.status, 200);
    away.world.storeIs('there');
    assert.equal(await away.bring(4), undefined, 'nobody has looked into the spool yet');
    assert.deepEqual(away.world.taken(), [3]);
    await away.back();
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [3, 1, 2, 4]);
    assert.equal((await away.bring(5))?.status, 200);
  });

  it('passes on what is kept and only not admitted, once, and admits it later', async () => {
    await away.start();
    away.world.storeIs('admitsNothing');
    assert.equal((await away.bring(1))?.status, 200);
    away.world.door.strike({ status: 500 });
    assert.equal(await away.bring(2), undefined);
    assert.equal(away.counts()?.spooled, 2);
    await away.back();
    // The retry of what was not taken comes after 2 s, spread by a fifth.
    await away.time.jump(second);
    await away.noneQueued();
    assert.deepEqual(away.world.taken(), [1, 2]);
    for (const number of [1, 2]) assert.equal((await away.world.message(number))?.receipt?.outcome, 'held');
  });

  describe('and the spool too', () => {
    beforeEach(async () => {
      await away.start({ spoolLimit: 10 });
      away.world.storeIs('away');
    });

    it('passes requests on, counts them, and says that their messages have no receipt', async () => {
      assert.equal((await away.bring(1))?.status, 200);
      assert.equal(await away.bring(1), undefined);
      assert.deepEqual(away.counts(), { spooled: 0, unadmitted: 1, unreadable: 0 });
      const errors = away.world.log.lines
        .filter(({ level }) => level === 'error')
        .map(({ message }) => message);
      assert.ok(errors.includes('A request is passed on and admitted nowhere: its message has no receipt'));
      away.world.storeIs('there');
      assert.equal(await away.bring(1), undefined);
      assert.deepEqual(away.world.taken(), [1]);
      assert.equal(await away.world.message(1), undefined);
    });

    it('refuses what nobody takes, so that Twilio comes again, and then tries anew', async () => {
      away.world.door.strike({ status: 500 });
      await assert.rejects(away.bring(1), { code: 'store_unavailable' });
      assert.equal((await away.bring(1))?.status, 200);
      assert.deepEqual(away.world.taken(), [1]);
    });

    it('relays a refusal', async () => {
      away.world.door.strike({ status: 422 });
      assert.equal((await away.bring(1))?.status, 422);
    });
  });
});
