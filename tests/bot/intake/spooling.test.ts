import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { accountSid, business } from '../../support/intakeWorld.ts';
import { sid, statusForm } from '../../support/twilioWebhooks.ts';
import { awayWorld } from './awayWorld.ts';

const second = 1000;

describe('Twilio’s webhooks, while the store is away', () => {
  const away = awayWorld();
  const start = (spoolLimit?: number) =>
    away.start({ forwards: false, ...(spoolLimit !== undefined && { spoolLimit }) });

  it('are admitted at once while it is there, and passed on to nobody', async () => {
    await start();
    assert.equal(await away.bring(1), undefined);
    assert.equal((await away.world.message(1))?.receipt?.outcome, 'held');
    assert.deepEqual([await away.world.spool(), away.world.door.calls], [[], []]);
  });

  it('are kept on the disk, and admitted when it is back, as of when they came', async () => {
    await start();
    away.world.storeIs('away');
    const came = [];
    for (const number of [1, 2, 3]) {
      assert.equal(await away.bring(number), undefined);
      came.push(away.time.now());
      await away.time.jump(700);
    }
    assert.equal((await away.world.spool()).length, 3);
    await away.time.jump(60 * second);
    await away.back();
    for (const number of [1, 2, 3])
      assert.equal((await away.world.message(number))?.receipt?.sentAt, came[number - 1]);
    assert.equal((await away.world.message(1))?.conversation.windowFrom, came[2]);
  });

  it('are kept on the disk too where it hangs, and nothing more is asked of it until it answers', async () => {
    await start();
    away.world.storeIs('hangs');
    const first = away.bring(1);
    await away.time.jump(2 * second);
    assert.equal(await first, undefined);
    const asked = away.world.storeCalls();
    assert.equal(await away.bring(2), undefined);
    assert.equal(away.world.storeCalls(), asked);
    assert.equal((await away.world.spool()).length, 2);
    await away.back();
    for (const number of [1, 2]) assert.equal((await away.world.message(number))?.receipt?.outcome, 'held');
  });

  it('are admitted by the next process where this one ends before', async () => {
    await start();
    away.world.storeIs('away');
    await away.bring(1);
    away.world.storeIs('there');
    await away.world.restart();
    await away.world.until(async () => (await away.world.spool()).length === 0);
    assert.equal((await away.world.message(1))?.receipt?.outcome, 'held');
  });

  it('are admitted once, though they come again meanwhile and afterwards', async () => {
    await start();
    away.world.storeIs('away');
    await away.bring(1);
    await away.bring(1);
    away.world.storeIs('there');
    await away.bring(1);
    await away.time.jump(2 * second);
    await away.world.until(async () => (await away.world.spool()).length === 0);
    const conversation = String((await away.world.message(1))?.conversation.id);
    assert.equal((await away.world.store.listReceipts(conversation, 10)).length, 1);
  });

  it('are kept also where they are statuses', async () => {
    await start();
    away.world.storeIs('away');
    const ends = { accountSid, business, customer: '15551234567' };
    await away.bring(9, {
      form: statusForm(ends, sid('SM', 9), 'delivered'),
      path: '/webhooks/twilio/status?correlation=abc',
    });
    const came = away.time.now();
    await away.time.jump(30 * second);
    await away.back();
    const entry = await away.world.store.ledgerEntry({ channel: 'twilio', providerId: sid('SM', 9) });
    assert.equal(entry?.state.at.delivered, came);
  });

  it('become dead letters where they turn out not to be admissible', async () => {
    await start();
    away.world.storeIs('away');
    await away.bring(1);
    const [line = ''] = await away.world.spool();
    const { body } = JSON.parse(line);
    // As long as before: the file is open.
    await writeFile(
      away.world.spoolPath,
      `${line.replace(body, Buffer.alloc(body.length, 'A').toString())}\n`,
    );
    await away.bring(2);
    await away.back();
    const [letter, ...others] = await away.world.store.deadLetters(5);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [letter?.what, letter?.channel, letter?.reason],
      ['webhook-item', 'twilio', 'it waited in the spool and could not be admitted'],
    );
    assert.equal((await away.world.message(2))?.receipt?.outcome, 'held', 'the others go on');
    await assert.rejects(away.world.engine.replay(String(letter?.id)), { code: 'invalid_request' });
  });

  it('are refused where the spool is full, so that Twilio comes again', async () => {
    await start(10);
    away.world.storeIs('away');
    await assert.rejects(away.bring(1), { code: 'store_unavailable' });
    assert.ok(away.world.log.lines.some(({ message }) => message === 'The spool cannot be written'));
  });

  it('that cannot be read are refused, and not kept', async () => {
    await start();
    away.world.storeIs('away');
    const form = { AccountSid: accountSid, EventType: 'something new' };
    await assert.rejects(away.bring(1, { form }), { code: 'invalid_request' });
    assert.deepEqual(await away.world.spool(), []);
  });
});
