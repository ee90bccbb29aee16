import assert from 'node:assert/strict';
import type { Simulator } from '../../../bot/simulator/simulator.ts';
import { customer, type Receiver, simulatorFor, startReceiver } from './receiver.ts';

describe('simulator: webhooks', () => {
  let simulator: Simulator;
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
    simulator = await simulatorFor(receiver);
  });
  afterEach(async () => {
    await simulator.close();
    await receiver.close();
  });

  const said = () => receiver.messages.map(({ content }) => content.text);

  it('verify their address', async () => {
    assert.equal(await simulator.verifyWebhook(), true);
    simulator.webhookUrl = undefined;
    assert.equal(await simulator.verifyWebhook(), false);
  });
  it('bring what the customer does', async () => {
    const phone = simulator.phone(customer, { name: 'Ann' });
    const first = phone.say('hello');
    phone.sendFile('image', Buffer.from('x'), { contentType: 'image/png', caption: 'look' });
    phone.press({ title: 'Yes', payload: 'yes' }, { replyTo: first.id });
    phone.press({ title: 'One', payload: 'row-1', of: 'list' });
    phone.press({ title: 'Stop', payload: 'stop', of: 'template' });
    phone.react(first.id, '👍');
    phone.notify('request_welcome', {});
    await simulator.idle();
    assert.deepEqual(
      receiver.messages.map(({ kind, content }) => [kind, content.type, content.text, content.payload]),
      [
        ['message', 'text', 'hello', undefined],
        ['message', 'image', 'look', undefined],
        ['message', 'interactive', 'Yes', 'yes'],
        ['message', 'interactive', 'One', 'row-1'],
        ['message', 'button', 'Stop', 'stop'],
        ['reaction', 'reaction', undefined, undefined],
        ['welcome', 'request_welcome', undefined, undefined],
      ],
    );
    assert.equal(receiver.messages[0]?.customer, customer);
    assert.equal(receiver.messages[0]?.providerId, first.id);
    assert.equal(receiver.messages[0]?.content.name, 'Ann');
    assert.equal(receiver.messages[2]?.content.replyTo, first.id);
    assert.equal(first.tick, 'delivered');
  });
  it('bring several messages in one', async () => {
    simulator.phone(customer).sayMany(['1', '2', '3']);
    await simulator.idle();
    assert.deepEqual(said(), ['1', '2', '3']);
    assert.equal(simulator.attempts.length, 1);
  });
  it('bring who hides the number by the user id', async () => {
    simulator.phone('US.13491208655302741918').say('hi');
    await simulator.idle();
    assert.equal(receiver.messages[0]?.customer, 'US.13491208655302741918');
  });
  it('come again until they are answered 200', async () => {
    receiver.answers = [500, 0, 202, 404];
    const message = simulator.phone(customer).say('hi');
    assert.equal(message.tick, 'sent');
    await simulator.idle();
    assert.deepEqual(said(), ['hi']);
    assert.deepEqual(
      simulator.attempts.map(({ attempt, status }) => [attempt, status]),
      [
        [1, 500],
        [2, undefined],
        [3, 202],
        [4, 404],
        [5, 200],
      ],
    );
    assert.equal(message.tick, 'delivered');
  });
  it('give up in the end', async () => {
    receiver.answers = Array.from({ length: 20 }, () => 503);
    simulator.phone(customer).say('hi');
    await simulator.idle();
    assert.equal(simulator.attempts.length, 6);
  });
  it('go nowhere while nobody is subscribed', async () => {
    const { webhookUrl } = simulator;
    simulator.webhookUrl = undefined;
    simulator.phone(customer).say('unheard');
    simulator.webhookUrl = webhookUrl;
    simulator.phone(customer).say('heard');
    await simulator.idle();
    assert.deepEqual(said(), ['heard']);
  });
  it('may be lost, repeated, late or in another order', async () => {
    const phone = simulator.phone(customer);
    simulator.faults.webhooks({ about: 'messages', how: { type: 'drop' } });
    phone.say('lost');
    simulator.faults.webhooks({ how: { type: 'repeat', more: 2 } });
    phone.say('thrice');
    await simulator.idle();
    assert.deepEqual(said(), ['thrice', 'thrice', 'thrice']);

    simulator.faults.webhooks({ how: { type: 'late', ms: 60 } });
    phone.say('late');
    phone.say('overtaking');
    await simulator.idle();
    assert.deepEqual(said().slice(3), ['overtaking', 'late']);

    simulator.faults.webhooks({ times: 3, how: { type: 'reverse', count: 3 } });
    for (const text of ['1', '2', '3', '4']) phone.say(text);
    await simulator.idle();
    assert.deepEqual(
      said()
        .slice(5)
        .filter(text => text !== '4'),
      ['3', '2', '1'],
    );
    assert.ok(said().includes('4'));
  });
  it('that were collected go out when faults are cleared', async () => {
    simulator.faults.webhooks({ about: 'statuses', how: { type: 'drop' } });
    simulator.faults.webhooks({ about: 'messages', times: 'all', how: { type: 'reverse', count: 5 } });
    simulator.phone(customer).say('1');
    simulator.phone(customer).say('2');
    await simulator.idle();
    assert.deepEqual(said(), []);
    simulator.faults.clear();
    await simulator.idle();
    assert.deepEqual(said(), ['1', '2']);
  });
  it('stop when the simulator is closed', async () => {
    receiver.answers = Array.from({ length: 20 }, () => 503);
    simulator.faults.webhooks({ about: 'messages', how: { type: 'late', ms: 60_000 } });
    simulator.phone(customer).say('late');
    simulator.phone(customer).say('refused');
    const idle = assert.rejects(simulator.idle(), /closed while waiting/);
    await simulator.close();
    await idle;
    assert.deepEqual(said(), []);
  });
});
