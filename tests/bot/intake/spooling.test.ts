import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';
import {
  accountSid,
  business,
  type IntakeWorld,
  startIntakeWorld,
  type Wrote,
} from '../../support/intakeWorld.ts';
import { sid, statusForm } from '../../support/twilioWebhooks.ts';

const second = 1000;

describe('Twilio’s webhooks, while the store is away', () => {
  let time: FakeTime;
  let world: IntakeWorld;
  const start = async (spoolLimit?: number) => {
    world = await startIntakeWorld({ forwards: false, ...(spoolLimit !== undefined && { spoolLimit }) });
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
  const emptied = () => world.until(async () => (await world.spool()).length === 0);

  it('are admitted at once while it is there, and passed on to nobody', async () => {
    await start();
    assert.equal(await bring(1), undefined);
    assert.equal((await world.message(1))?.receipt?.outcome, 'held');
    assert.deepEqual([await world.spool(), world.door.calls], [[], []]);
  });

  it('are kept on the disk, and admitted when it is back, as of when they came', async () => {
    await start();
    world.storeIs('away');
    const came = [];
    for (const number of [1, 2, 3]) {
      assert.equal(await bring(number), undefined);
      came.push(time.now());
      await time.jump(700);
    }
    assert.equal((await world.spool()).length, 3);
    await time.jump(60 * second);
    world.storeIs('there');
    await time.jump(2 * second);
    await emptied();
    for (const number of [1, 2, 3])
      assert.equal((await world.message(number))?.receipt?.sentAt, came[number - 1]);
    assert.equal((await world.message(1))?.conversation.windowFrom, came[2]);
  });

  it('are kept on the disk too where it hangs, and nothing more is asked of it until it answers', async () => {
    await start();
    world.storeIs('hangs');
    const first = bring(1);
    await time.jump(2 * second);
    assert.equal(await first, undefined);
    const asked = world.storeCalls();
    assert.equal(await bring(2), undefined);
    assert.equal(world.storeCalls(), asked);
    assert.equal((await world.spool()).length, 2);
    world.storeIs('there');
    await time.jump(2 * second);
    await emptied();
    for (const number of [1, 2]) assert.equal((await world.message(number))?.receipt?.outcome, 'held');
  });

  it('are admitted by the next process where this one ends before', async () => {
    await start();
    world.storeIs('away');
    await bring(1);
    world.storeIs('there');
    await world.restart();
    await emptied();
    assert.equal((await world.message(1))?.receipt?.outcome, 'held');
  });

  it('are admitted once, though they come again meanwhile and afterwards', async () => {
    await start();
    world.storeIs('away');
    await bring(1);
    await bring(1);
    world.storeIs('there');
    await bring(1);
    await time.jump(2 * second);
    await emptied();
    const conversation = String((await world.message(1))?.conversation.id);
    assert.equal((await world.store.listReceipts(conversation, 10)).length, 1);
  });

  it('are kept also where they are statuses', async () => {
    await start();
    world.storeIs('away');
    const ends = { accountSid, business, customer: '15551234567' };
    await bring(9, {
      form: statusForm(ends, sid('SM', 9), 'delivered'),
      path: '/webhooks/twilio/status?correlation=abc',
    });
    const came = time.now();
    await time.jump(30 * second);
    world.storeIs('there');
    await time.jump(2 * second);
    await emptied();
    const entry = await world.store.ledgerEntry({ channel: 'twilio', providerId: sid('SM', 9) });
    assert.equal(entry?.state.at.delivered, came);
  });

  it('become dead letters where they turn out not to be admissible', async () => {
    await start();
    world.storeIs('away');
    await bring(1);
    const [line = ''] = await world.spool();
    const { body } = JSON.parse(line);
    // As long as before: the file is open.
    await writeFile(world.spoolPath, `${line.replace(body, Buffer.alloc(body.length, 'A').toString())}\n`);
    await bring(2);
    world.storeIs('there');
    await time.jump(2 * second);
    await emptied();
    const [letter, ...others] = await world.store.deadLetters(5);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [letter?.what, letter?.channel, letter?.reason],
      ['webhook-item', 'twilio', 'it waited in the spool and could not be admitted'],
    );
    assert.equal((await world.message(2))?.receipt?.outcome, 'held', 'the others go on');
    await assert.rejects(world.engine.replay(String(letter?.id)), { code: 'invalid_request' });
  });

  it('are refused where the spool is full, so that Twilio comes again', async () => {
    await start(10);
    world.storeIs('away');
    await assert.rejects(bring(1), { code: 'store_unavailable' });
    assert.ok(world.log.lines.some(({ message }) => message === 'The spool cannot be written'));
  });

  it('that cannot be read are refused, and not kept', async () => {
    await start();
    world.storeIs('away');
    const form = { AccountSid: accountSid, EventType: 'something new' };
    await assert.rejects(bring(1, { form }), { code: 'invalid_request' });
    assert.deepEqual(await world.spool(), []);
  });
});
