import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Phone } from '../../bot/simulator/phone.ts';
import { type ManyHosts, quickPatience, startHosts, type TestInstance } from '../support/manyHosts.ts';
import { startTwilioStandIn, type TwilioStandIn } from '../support/twilioStandIn.ts';
import { deliver, inboundForm } from '../support/twilioWebhooks.ts';

const publicUrl = 'https://bot.example.com';
const number = '14155238886';

describe('a host whose database is away', function () {
  this.timeout(30_000);
  let world: ManyHosts;
  let twilio: TwilioStandIn;
  let host: TestInstance;
  let phone: Phone;

  before(async () => {
    twilio = await startTwilioStandIn();
    const settings = {
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_WHATSAPP_NUMBER: `+${number}`,
      TWILIO_API_URL: twilio.origin,
      TWILIO_MESSAGING_URL: twilio.origin,
      PUBLIC_URL: publicUrl,
    };
    world = await startHosts(1, settings, quickPatience);
    const [only] = world.all;
    assert.ok(only);
    host = only;
  });
  beforeEach(() => {
    phone = world.simulator.phone(`49155508${Math.floor(Math.random() * 1e5)}`.padEnd(13, '0'), {
      business: world.business,
    });
  });
  after(async () => {
    await world.close();
    await twilio.close();
  });

  const answered = () => phone.messages.some(({ from }) => from === 'business');
  /** The webhook is taken again by itself: nothing was started anew. */
  const recovers = async () => {
    await world.until(async () => (await host.status('/readyz')) === 200);
    await world.until(answered);
  };

  it('refuses webhooks, is not ready, lives, and goes on by itself when it is back', async () => {
    assert.equal(await host.status('/readyz'), 200);
    await world.link.set('gone');
    assert.equal(await host.take(phone, `prices? ${randomUUID()}`), 503);
    await world.until(async () => (await host.status('/readyz')) === 503);
    assert.equal(await host.status('/healthz'), 200);
    await world.link.set('open');
    // The provider delivers it again.
    await recovers();
  });

  it('keeps what Twilio brings meanwhile on its disk, and answers it afterwards', async () => {
    await world.link.set('gone');
    const { accountSid, authToken } = twilio;
    const ends = { accountSid, business: number, customer: '4915550800001' };
    const form = inboundForm(ends, twilio.receive(), { Body: 'prices?' });
    const { status } = await deliver(host.url, publicUrl, '/webhooks/twilio', form, { authToken });
    assert.equal(status, 200);
    assert.deepEqual(twilio.sent, []);
    await world.link.set('open');
    await twilio.waitFor(() => twilio.sent.length > 0, 15_000);
  });

  it('notices connections that are cut, and opens others', async () => {
    await world.link.set('gone');
    await world.link.set('open');
    assert.ok([200, 503].includes(await host.take(phone, `prices? ${randomUUID()}`)));
    await recovers();
  });

  it('notices connections that carry no answer any more, and does what is owed when they do', async () => {
    await world.link.set('halfOpen');
    const begun = performance.now();
    assert.equal(await host.take(phone, `prices? ${randomUUID()}`), 503);
    assert.ok(performance.now() - begun < 5000);
    await world.until(async () => (await host.status('/readyz')) === 503);
    assert.equal(await host.status('/healthz'), 200);
    await world.link.set('open');
    await recovers();
    const alone = host.host.app.store.sharing?.alone('after', async () => 'done');
    assert.equal(await alone, 'done');
  });

  it('keeps receipts while the provider is away, and sends them when it is back', async () => {
    await world.provider.set('gone');
    assert.equal(await host.take(phone, `prices? ${randomUUID()}`), 200);
    const { store } = host.host.app;
    const { business, customer } = phone;
    const found = await store.conversation({ channel: 'meta', business, customer });
    const outcomes = async () =>
      (await store.listReceipts(String(found?.id), 1)).map(({ outcome, attempts }) => [
        outcome,
        attempts > 0,
      ]);
    await world.until(async () => (await outcomes()).some(([, tried]) => tried));
    assert.deepEqual(await outcomes(), [['scheduled', true]]);
    await world.provider.set('open');
    await world.until(answered);
    await world.until(async () => (await outcomes()).every(([outcome]) => outcome === 'sent'));
  });
});
