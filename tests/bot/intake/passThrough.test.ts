import assert from 'node:assert/strict';
import { answerXml } from '../../support/dynamicsDoor.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';
import {
  accountSid,
  authToken,
  business,
  type IntakeWorld,
  requestOf,
  startIntakeWorld,
  type Wrote,
} from '../../support/intakeWorld.ts';
import { sid, statusForm } from '../../support/twilioWebhooks.ts';

const customer = '15551234567';

describe('the pass-through', () => {
  let time: FakeTime;
  let world: IntakeWorld;
  beforeEach(async () => {
    time = fakeTime();
    world = await startIntakeWorld();
  });
  afterEach(async () => {
    await world.close();
    time.restore();
  });

  const bring = (number: number, over: Partial<Wrote> = {}) => world.bring({ number, ...over });
  const queued = () => world.store.countForwards();

  it('admits a message and passes it on, and relays the answer', async () => {
    const answer = await bring(1);
    assert.deepEqual(
      [answer?.status, answer?.headers['content-type'], answer?.body.toString()],
      [200, 'text/xml', answerXml],
    );
    const message = await world.message(1);
    assert.equal(message?.conversation.customer, customer);
    assert.equal(message?.conversation.holder, 'queue', 'agents have it: nobody answers here');
    assert.equal(message?.receipt?.outcome, 'held');
    const [call] = world.door.calls;
    const sent = requestOf({ number: 1 });
    assert.equal(call?.body.toString(), sent.body.toString());
    for (const name of ['user-agent', 'accept', 'content-type', 'i-twilio-idempotency-token'])
      assert.equal(call?.headers[name], sent.headers[name]);
    assert.notEqual(call?.headers['x-twilio-signature'], sent.headers['x-twilio-signature']);
    await world.until(async () => (await queued()) === 0);
  });

  it('writes the request before it goes out, so that a crash loses nothing', async () => {
    let queuedThen = -1;
    world.door.answer = () => {
      void queued().then(count => {
        queuedThen = count;
      });
      return { status: 200 };
    };
    await bring(1);
    await world.until(() => queuedThen >= 0);
    assert.equal(queuedThen, 1);
  });

  it('passes on what it cannot read, and says so', async () => {
    const form = { AccountSid: accountSid, EventType: 'something new' };
    assert.equal((await bring(1, { form }))?.status, 200);
    assert.deepEqual(world.door.taken, [form]);
    assert.equal(world.intake.passThrough?.counts.unreadable, 1);
    assert.ok(world.log.lines.some(({ message }) => /cannot be read: it is passed on/.test(message)));
  });

  it('passes on what is another number’s, which changes nothing here', async () => {
    const form = { ...Object.fromEntries(new URLSearchParams(requestOf({ number: 1 }).body.toString())) };
    assert.equal((await bring(1, { form: { ...form, To: 'whatsapp:+14150000000' } }))?.status, 200);
    assert.equal(await world.message(1), undefined);
  });

  it('passes on a status that comes to the number’s address, in the order of its customer', async () => {
    const ends = { accountSid, business, customer };
    world.door.strike({ status: 500 });
    assert.equal(await bring(1), undefined);
    const status = bring(2, { form: statusForm(ends, sid('SM', 2), 'delivered') });
    await time.settle();
    assert.deepEqual(world.door.calls.length, 1, 'it waits behind the message');
    await world.until(async () => (await queued()) === 2);
    await time.jump(2500);
    assert.equal((await status)?.status, 200);
    assert.deepEqual(world.taken(), [1, 2]);
  });

  it('leaves status callbacks of our own, which have an address of their own, to us', async () => {
    const ends = { accountSid, business, customer };
    const path = '/webhooks/twilio/status?correlation=abc';
    assert.equal(await bring(2, { form: statusForm(ends, sid('SM', 2), 'delivered'), path }), undefined);
    assert.deepEqual(world.door.calls, []);
  });

  it('passes on whatever a customer wrote, at our callbacks’ address too, and however the address is spelt', async () => {
    const paths = [
      '/webhooks/twilio/status',
      '/webhooks/%74wilio',
      '/webhooks/./twilio',
      '/webhooks/twilio#x',
    ];
    for (const [index, path] of paths.entries())
      assert.equal((await bring(index + 1, { path }))?.status, 200, path);
    assert.deepEqual(world.taken(), [1, 2, 3, 4]);
  });

  describe('a repeat', () => {
    it('is known by its token, also when the first is under way, over a restart, and with another body', async () => {
      const both = await Promise.all([bring(1), bring(1)]);
      assert.deepEqual(
        both.map(answer => answer?.status),
        [200, 200],
        'both wait for one answer',
      );
      assert.equal(await bring(1), undefined);
      await world.restart();
      assert.equal(await bring(1), undefined);
      assert.equal(await bring(2, { token: 'token-1' }), undefined);
      assert.deepEqual(world.taken(), [1]);
    });

    it('without a token is known by its address and body', async () => {
      assert.equal((await bring(1, { token: null }))?.status, 200);
      assert.equal(await bring(1, { token: null }), undefined);
      await world.restart();
      assert.equal(await bring(1, { token: '' }), undefined);
      assert.equal((await bring(2, { token: null }))?.status, 200);
      assert.equal((await bring(2, { token: null, path: '/webhooks/twilio?a=b' }))?.status, 200);
      assert.deepEqual(world.taken(), [1, 2, 2]);
    });

    it('of what was not taken is not passed on beside what waits', async () => {
      world.door.strike({ status: 500 });
      assert.equal(await bring(1), undefined);
      assert.equal(await bring(1), undefined);
      await world.until(async () => (await queued()) === 1);
      await time.jump(2500);
      await world.until(async () => (await queued()) === 0);
      assert.deepEqual([world.taken(), world.door.calls.length], [[1], 2]);
    });

    it('of what was refused is answered 200: it is in the dead letters', async () => {
      world.door.strike({ status: 400, body: 'no' });
      assert.equal((await bring(1))?.status, 400);
      assert.equal(await bring(1), undefined);
      await world.until(async () => (await world.store.deadLetters(5)).length === 1);
      assert.equal(world.door.calls.length, 1);
    });
  });

  it('shows nothing of a request in its log', async () => {
    world.door.strike({ status: 400 });
    await bring(1);
    world.storeIs('away');
    await bring(2);
    const said = JSON.stringify(world.log.lines);
    for (const secret of [customer, business, authToken, sid('SM', 1), 'hello', 'contoso'])
      assert.ok(!said.includes(secret), `a log shows ${secret}`);
  });
});
