import assert from 'node:assert/strict';
import type { Phone } from '../../../bot/simulator/phone.ts';
import type { Simulator } from '../../../bot/simulator/simulator.ts';
import { customer, type Receiver, send, simulatorFor, startReceiver } from './receiver.ts';

const voice = { type: 'media', media: { type: 'audio', url: 'https://example.com/a.ogg' } } as const;

describe('simulator: statuses', () => {
  let simulator: Simulator;
  let receiver: Receiver;
  let phone: Phone;
  beforeEach(async () => {
    receiver = await startReceiver();
    simulator = await simulatorFor(receiver);
    phone = simulator.phone(customer);
    phone.say('hi');
  });
  afterEach(async () => {
    await simulator.close();
    await receiver.close();
  });

  /** What has been reported so far, once nothing is on its way. */
  const reported = async () => {
    await simulator.idle();
    return receiver.acknowledgements.map(({ status }) => status);
  };

  it('tell of sent, delivered and read, with our correlation', async () => {
    const id = await send(simulator);
    assert.deepEqual(await reported(), ['sent', 'delivered']);
    phone.open();
    assert.deepEqual(await reported(), ['sent', 'delivered', 'read']);
    for (const { providerId, correlation, customer: to } of receiver.acknowledgements) {
      assert.deepEqual([providerId, correlation, to], [id, 'c-1', customer]);
    }
    await send(simulator);
    assert.deepEqual((await reported()).slice(3), ['sent', 'delivered', 'read']);
  });

  it('tell once that a voice message was played, and of nothing else', async () => {
    const text = await send(simulator);
    const id = await send(simulator, voice);
    phone.setOnline(false);
    phone.play(id);
    phone.setOnline(true);
    for (const each of [text, 'unknown', id, id]) phone.play(each);
    assert.deepEqual(await reported(), ['sent', 'delivered', 'sent', 'delivered', 'played']);
    assert.equal(receiver.acknowledgements.at(-1)?.providerId, id);
  });

  it('tell of no read where receipts are off, and of nothing more than sent while the phone is offline', async () => {
    phone.readReceipts = false;
    phone.open();
    phone.setOnline(false);
    await send(simulator);
    assert.deepEqual(await reported(), ['sent']);
    phone.setOnline(true);
    assert.deepEqual(await reported(), ['sent', 'delivered']);
    phone.readReceipts = true;
    phone.open();
    assert.deepEqual(await reported(), ['sent', 'delivered', 'read']);
  });

  it('may tell of read alone, as documented', async () => {
    const other = await simulatorFor(receiver, { deliveredBeforeRead: false });
    const reader = other.phone(customer);
    reader.say('hi');
    reader.open();
    await send(other);
    await other.idle();
    await other.close();
    assert.deepEqual(await reported(), ['sent', 'read']);
  });

  describe('as planned', () => {
    it('fail afterwards, and the phone never sees the message', async () => {
      simulator.faults.statuses({ fails: { code: 131026 } });
      await send(simulator);
      assert.deepEqual(await reported(), ['failed']);
      assert.deepEqual(receiver.acknowledgements[0]?.failures, [
        { code: '131026', detail: 'Message undeliverable' },
      ]);
      assert.equal(phone.messages.length, 1);
    });

    it('fail after sent, or though the message arrived, in Meta’s words or others', async () => {
      simulator.faults.statuses({ fails: { code: 131049, after: 'sent' } });
      simulator.faults.statuses({ fails: { code: 131047, details: 'Too late', after: 'delivered' } });
      await send(simulator);
      await send(simulator);
      phone.open();
      assert.deepEqual(await reported(), ['sent', 'failed', 'sent', 'delivered', 'failed', 'read']);
      assert.deepEqual(
        receiver.acknowledgements.flatMap(({ failures = [] }) => failures),
        [
          {
            code: '131049',
            detail:
              'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.',
          },
          { code: '131047', detail: 'Too late' },
        ],
      );
      assert.equal(phone.messages.length, 2);
    });

    it('come last first, each twice, once the message is read', async () => {
      simulator.faults.statuses({ order: 'reversed', copies: 2 });
      await send(simulator);
      assert.deepEqual(await reported(), []);
      phone.open();
      assert.deepEqual(await reported(), ['read', 'read', 'delivered', 'delivered', 'sent', 'sent']);
      await send(simulator);
      assert.deepEqual(
        (await reported()).slice(6),
        ['sent', 'delivered', 'read'],
        'the next one has no plan',
      );
    });

    it('come in an order that a seed decides', async () => {
      const orders: string[][] = [];
      for (const seed of [1, 1, 2, 3, 4, 5]) {
        receiver.acknowledgements.length = 0;
        simulator.faults.statuses({ order: 'shuffled', seed, copies: 3 });
        await send(simulator);
        phone.open();
        orders.push(await reported());
      }
      assert.deepEqual(orders[0], orders[1]);
      assert.equal(new Set(orders.map(String)).size, 5);
      const thrice = (word: string) => [word, word, word];
      for (const order of orders)
        assert.deepEqual(order.toSorted(), [...thrice('delivered'), ...thrice('read'), ...thrice('sent')]);
    });

    it('that were held come when faults are cleared', async () => {
      phone.readReceipts = false;
      simulator.faults.statuses({ times: 'all', order: 'reversed' });
      await send(simulator);
      await send(simulator);
      assert.deepEqual(await reported(), []);
      simulator.faults.clear();
      assert.deepEqual(await reported(), ['delivered', 'sent', 'delivered', 'sent']);
      await send(simulator);
      assert.deepEqual((await reported()).slice(4), ['sent', 'delivered']);
    });

    it('come late, and others overtake them', async () => {
      simulator.faults.statuses({ lateMs: 60, without: ['sent'] });
      const late = await send(simulator);
      const next = await send(simulator);
      assert.deepEqual(await reported(), ['sent', 'delivered', 'delivered']);
      assert.deepEqual(
        receiver.acknowledgements.map(({ providerId }) => providerId),
        [next, next, late],
      );
    });

    it('do not come at all, or not of one level, for so many messages', async () => {
      simulator.faults.statuses({ times: 2, without: 'all' });
      simulator.faults.statuses({ times: 'all', without: ['read'] });
      phone.open();
      for (let count = 0; count < 3; count += 1) await send(simulator);
      assert.deepEqual(await reported(), ['sent', 'delivered']);
      simulator.faults.clear();
      await send(simulator);
      assert.deepEqual((await reported()).slice(2), ['sent', 'delivered', 'read']);
    });

    it('have words that nobody knows, and nothing of ours', async () => {
      simulator.faults.statuses({ also: ['warning'], correlation: false });
      await send(simulator);
      assert.deepEqual(await reported(), ['sent', 'warning', 'delivered']);
      assert.ok(receiver.acknowledgements.every(({ correlation }) => correlation === undefined));
    });

    it('come before the call is answered', async () => {
      simulator.faults.statuses({ early: true });
      await send(simulator);
      assert.deepEqual(
        receiver.acknowledgements.map(({ status }) => status),
        ['sent', 'delivered'],
      );
      // Also where the call is never answered: the business learns by them that it was carried out.
      simulator.faults.calls({ kind: 'send', how: { type: 'drop', acted: true } });
      await assert.rejects(send(simulator));
      assert.deepEqual((await reported()).slice(2), ['sent', 'delivered']);
    });
  });
});
