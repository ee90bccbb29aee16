import assert from 'node:assert/strict';
import { activityOf } from '../../../bot/testing/activities.ts';
import { createFakeTime } from '../../../bot/testing/fakeTime.ts';
import { sampleBusiness, sampleCustomer, startTestBed } from '../../../bot/testing/testBed.ts';
import { windowMs } from '../../../middleware/domain.ts';
import type { Turn } from '../../../middleware/receipts/turn.ts';

const echo = async (turn: Turn) => {
  await turn.think();
  const text = `You said: ${turn.message.content.text}`;
  await turn.beforeReply(text.length);
  await turn.send({ type: 'text', text });
};

describe('a fake time', () => {
  it('fires each timer at its own moment, those that others set too', async () => {
    const time = createFakeTime(1000);
    const { clock, scheduler } = time;
    const fired: [string, number][] = [];
    const tell = (name: string) => () => void fired.push([name, clock.now()]);
    scheduler.after(300, tell('late'));
    scheduler.after(100, () => {
      tell('early')();
      scheduler.after(100, tell('of another'));
    });
    const cancel = scheduler.after(50, tell('cancelled'));
    cancel();
    assert.equal(time.pending, 2);
    await time.pass(299);
    assert.deepEqual(fired, [
      ['early', 1100],
      ['of another', 1200],
    ]);
    await time.pass(1);
    assert.deepEqual([fired.at(-1), clock.now(), time.pending], [['late', 1300], 1300, 0]);
  });

  it('does what is due at once without time passing', async () => {
    const time = createFakeTime();
    await new Promise<void>(resolve => time.scheduler.after(0, resolve));
    assert.equal(time.clock.now(), Date.UTC(2026, 10, 22, 12));
  });

  it('stands still while something is at work, but not for ever', async () => {
    const time = createFakeTime(0);
    let busy = true;
    time.standStillWhile(() => busy);
    setTimeout(() => (busy = false), 20);
    await time.pass(1);
    assert.equal(busy, false);
    busy = true;
    await time.pass(1);
    assert.deepEqual([busy, time.clock.now()], [true, 2]);
  });
});

describe('a test bed', () => {
  it('plays a conversation on the machine’s clock', async () => {
    await using bed = await startTestBed({ onTurn: echo });
    const phone = bed.phone();
    phone.say('Hello');
    await phone.waitFor(() => phone.messages[1]?.text === 'You said: Hello');
    assert.equal(phone.messages[0]?.tick, 'read');
  });

  it('has a day pass in no time: the window closes', async () => {
    const time = createFakeTime();
    await using bed = await startTestBed({ time, onTurn: echo });
    const phone = bed.phone('4915550002222');
    phone.say('Hello');
    await phone.waitFor(() => phone.messages.length === 2);
    const address = { channel: bed.channel.name, business: sampleBusiness, customer: phone.customer };
    const conversation = await bed.store.conversation(address);
    assert.ok(conversation !== undefined);
    await time.pass(windowMs);
    await assert.rejects(bed.engine.send(conversation, { type: 'text', text: 'Hello again' }), {
      code: 'window_closed',
    });
  });

  it('runs no bot where agents have the conversations', async () => {
    await using bed = await startTestBed({
      sidecar: true,
      policies: { default: { read: { when: 'agentOpened' } } },
    });
    const phone = bed.phone();
    phone.say('Hello');
    await bed.simulator.idle();
    const address = { channel: bed.channel.name, business: sampleBusiness, customer: sampleCustomer };
    const conversation = await bed.store.conversation(address);
    assert.equal(conversation?.holder, 'queue');
    await bed.engine.reportAgent(String(conversation?.id), 'opened');
    await phone.waitFor(() => phone.messages[0]?.tick === 'read');
  });

  it('answers whoever proves nothing as a host does', async () => {
    await using bed = await startTestBed({ onTurn: echo });
    const url = String(bed.simulator.webhookUrl);
    const post = (body: string) => fetch(url, { method: 'POST', body });
    const refused = await post('{}');
    const { error } = (await refused.json()) as { error: { code: string } };
    assert.deepEqual([refused.status, error.code], [401, 'unauthorized']);
    assert.equal((await fetch(`${url}?hub.mode=subscribe&hub.verify_token=wrong`)).status, 403);
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 405);
    assert.ok(await bed.simulator.verifyWebhook());
  });

  it('makes an activity of what the phone says', () => {
    const { id, text, channelData, from } = activityOf({ id: 'wamid.1', text: 'Hello' }, { customer: '1' });
    assert.deepEqual([id, text, from.id], ['wamid.1', 'Hello', '1']);
    assert.deepEqual(channelData, { channel: 'simulator', business: sampleBusiness });
  });
});
