import assert from 'node:assert/strict';
import { answerXml } from '../../support/dynamicsDoor.ts';
import { type ForwardWorld, requestOf, startForwardWorld } from './forwardWorld.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe('Forwarder', () => {
  let world: ForwardWorld;
  beforeEach(async () => {
    world = await startForwardWorld();
  });
  afterEach(() => world.close());

  const fails = (status: number, headers: Record<string, string> = {}) => {
    world.door.answer = () => ({ status, headers });
  };
  const takes = () => {
    world.door.answer = () => ({ status: 200, body: answerXml });
  };
  const letters = () => world.store.deadLetters(100);

  it('answers what the receiver answers, at the first try', async () => {
    const kept = await world.bring(requestOf('1'));
    const answer = kept.what === 'kept' ? await kept.answered : assert.fail();
    assert.deepEqual(answer, {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: Buffer.from(answerXml),
    });
    await world.ended(1);
    assert.equal(await world.store.countForwards(), 0);
    assert.deepEqual(world.forwarder.counts, { passed: 1, retried: 0, dead: 0 });
  });

  it('passes one key on once, also by another worker, and to both at once', async () => {
    const [one, two] = await Promise.all([world.answerTo('1'), world.answerTo('1')]);
    assert.deepEqual([one, two], [200, 'known']);
    const later = await world.bring(requestOf('1'), world.another());
    assert.equal(later.what, 'known');
    await world.ended(1);
    assert.deepEqual(world.taken(), ['1']);
  });

  it('passes a burst of one customer on in its order, and each is answered', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `${index}`);
    assert.deepEqual(
      await Promise.all(ids.map(id => world.answerTo(id))),
      ids.map(() => 200),
    );
    assert.deepEqual(world.taken(), ids);
  });

  it('does not keep one customer waiting for another', async () => {
    world.door.strike('hang');
    const slow = world.answerTo('1', 'anna');
    await world.door.called(1);
    assert.equal(await world.answerTo('2', 'ben'), 200);
    await world.time.jump(10 * second);
    assert.equal(await slow, undefined);
  });

  it('answers nothing after 10 s, and passes the request on later', async () => {
    world.door.strike('hang');
    const answer = world.answerTo('1');
    await world.door.called(1);
    await world.time.jump(10 * second);
    assert.equal(await answer, undefined);
    await world.ended(1);
    await world.later(2 * second, 2);
    assert.deepEqual(world.taken(), ['1']);
  });

  it('answers nothing after 10 s also to who waits behind a slow one, whose answer then is of no interest', async () => {
    world.door.strike('hang');
    const first = world.answerTo('1');
    await world.door.called(1);
    await world.time.jump(4 * second);
    const behind = world.answerTo('2');
    await world.time.settle();
    await world.time.jump(6 * second);
    assert.equal(await first, undefined);
    await world.time.jump(4 * second);
    assert.equal(await behind, undefined);
    await world.later(0, 3);
    assert.deepEqual(world.taken(), ['1', '2']);
  });

  for (const status of [500, 503, 429, 403, 302]) {
    it(`keeps what was answered ${status}, tells nothing of it, and tries again, longer apart each time`, async () => {
      fails(status);
      assert.equal(await world.answerTo('1'), undefined);
      await world.ended(1);
      let tries = 1;
      for (const wait of [2 * second, 5 * second, 15 * second, minute, 2 * minute, 5 * minute]) {
        await world.time.jump(wait - 1);
        await world.time.settle();
        assert.equal(world.door.calls.length, tries);
        tries += 1;
        await world.later(1, tries);
      }
      takes();
      await world.later(5 * minute, tries + 1);
      assert.deepEqual(world.taken(), ['1']);
      assert.deepEqual(world.forwarder.counts, { passed: 1, retried: tries, dead: 0 });
    });
  }

  it('waits as long as it is asked to', async () => {
    fails(503, { 'retry-after': '600' });
    await world.answerTo('1');
    await world.ended(1);
    takes();
    await world.time.jump(600 * second - 1);
    await world.time.settle();
    assert.deepEqual(world.taken(), []);
    await world.later(1, 2);
    assert.deepEqual(world.taken(), ['1']);
  });

  it('lets nothing of a customer overtake what waits, and passes on the rest at once behind it', async () => {
    fails(500);
    assert.equal(await world.answerTo('1'), undefined);
    await world.ended(1);
    takes();
    const answers = ['2', '3'].map(id => world.answerTo(id));
    assert.equal(await world.answerTo('4', 'ben'), 200);
    assert.deepEqual(world.taken(), ['4']);
    await world.later(2 * second, 5);
    assert.deepEqual(await Promise.all(answers), [200, 200], 'their callers still waited');
    assert.deepEqual(world.taken(), ['4', '1', '2', '3']);
  });

  it('makes a refusal a dead letter with an alarm, relays it, and goes on with the next', async () => {
    fails(400);
    const first = world.answerTo('1');
    assert.equal(await first, 400);
    await world.ended(1);
    takes();
    assert.equal(await world.answerTo('2'), 200);
    const [letter] = await letters();
    assert.deepEqual(
      [letter?.what, letter?.channel, letter?.reason],
      ['forward', 'twilio', 'it was refused (http_400)'],
    );
    const alarms = world.lines.filter(({ level }) => level === 'error');
    assert.deepEqual(alarms, [
      {
        level: 'error',
        fields: { forward: '1', reason: 'it was refused (http_400)' },
        message: 'A request is not passed on: it is in the dead letters',
      },
    ]);
    assert.deepEqual(world.forwarder.counts, { passed: 1, retried: 0, dead: 1 });
  });

  it('gives up after a day, with an alarm, and tries once more when the dead letter is replayed', async () => {
    fails(500);
    await world.answerTo('1');
    let tries = 1;
    await world.ended(tries);
    while ((await letters()).length === 0) {
      const { nextDueAt = 0 } = await world.store.claimForwards(0, 0, 0);
      tries += 1;
      await world.later(nextDueAt - world.time.now(), tries);
    }
    const [letter] = await letters();
    const late = Number(letter?.at) - Date.UTC(2026, 10, 22, 12);
    assert.ok(late >= 24 * hour && late <= 25 * hour, `after ${late / hour} hours`);
    assert.equal(letter?.reason, 'it was not taken for a day (http_500)');
    assert.ok(world.lines.some(({ level }) => level === 'error'));
    takes();
    await world.store.replay(String(letter?.id), {
      shared: true,
      firstHolder: 'queue',
      hooks: [],
      businesses: {},
      now: world.time.now(),
    });
    world.forwarder.wake();
    await world.later(0, tries + 1);
    assert.deepEqual(world.taken(), ['1']);
    assert.deepEqual(await letters(), []);
  });

  it('tells of an outage once, and of its end, and of one that is a matter of settings as an error', async () => {
    const told = () => world.lines.map(({ level, message }) => [level, message.slice(0, 28)]);
    fails(500);
    await world.answerTo('1', 'a');
    await world.answerTo('2', 'b');
    assert.deepEqual(told(), [['warn', 'Requests are not taken where']]);
    takes();
    await world.answerTo('3', 'c');
    await world.answerTo('4', 'd');
    assert.deepEqual(told().slice(1), [['info', 'Requests are taken again whe']]);
    fails(404);
    await world.answerTo('5', 'e');
    assert.deepEqual(told().slice(2), [['error', 'Requests are turned away whe']]);
  });
});
