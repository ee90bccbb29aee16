import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { LedgerApi } from '../support/ledgerApi.ts';
import { startTwilioStandIn, type TwilioStandIn } from '../support/twilioStandIn.ts';
import { deliver, inboundForm } from '../support/twilioWebhooks.ts';
import {
  startWahaStandIn,
  type WahaStandIn,
  wahaEvent,
  wahaHeaders,
  wahaMessage,
} from '../support/wahaStandIn.ts';

const apiKey = 'a-key-for-the-tests-0123456789';
const hmacKey = 'the-hmac-key-0123456789';
const publicUrl = 'https://bot.example.com';
const business = '14155238886';
const customer = '4915550600001';
const map = `${publicUrl}/pictures/map.png`;
const place = 'Dock Street 7, the yard behind the bakery.';

/** A channel as its customer has it. */
interface Phone {
  write(text: string): Promise<void>;
  /** What came so far: texts, and files as their address and caption. */
  got(): readonly string[];
  /** Waits for as many. */
  gets(count: number): Promise<unknown>;
}

describe('one bot on channels that can send less', function () {
  this.timeout(40_000);
  let host: HostProcess;
  let folder: string;
  let twilio: TwilioStandIn;
  let waha: WahaStandIn;
  const api = new LedgerApi(() => host, apiKey);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-channels-'));
    [twilio, waha] = await Promise.all([startTwilioStandIn(), startWahaStandIn(['default'])]);
    host = await startHostProcess({
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_WHATSAPP_NUMBER: `+${business}`,
      TWILIO_API_URL: twilio.origin,
      TWILIO_MESSAGING_URL: twilio.origin,
      WAHA_URL: waha.origin,
      WAHA_API_KEY: waha.apiKey,
      WAHA_SESSION: 'default',
      WAHA_HMAC_KEY: hmacKey,
      PUBLIC_URL: publicUrl,
      BLUETICK_API_KEY: apiKey,
      BLUETICK_DATA: join(folder, 'data'),
    });
  });
  after(async () => {
    await host.end('SIGTERM');
    await Promise.all([twilio.close(), waha.close()]);
    await rm(folder, { recursive: true });
  });

  let written = 0;
  const overTwilio: Phone = {
    async write(Body) {
      const { accountSid, authToken } = twilio;
      const form = inboundForm({ accountSid, business, customer }, twilio.receive(), { Body });
      const { status } = await deliver(host.url, publicUrl, '/webhooks/twilio', form, { authToken });
      assert.equal(status, 200);
    },
    got: () =>
      twilio.sent.map(({ request }) =>
        [request.MediaUrl, request.Body].filter(part => part !== undefined).join(' '),
      ),
    gets: count => twilio.waitFor(() => twilio.sent.length >= count, 20_000),
  };
  const overWaha: Phone = {
    async write(text) {
      written += 1;
      const message = wahaMessage(`false_${customer}@c.us_A${written}`, customer, text);
      const body = JSON.stringify(wahaEvent('message', message));
      const headers = wahaHeaders(body, hmacKey);
      const { status } = await fetch(`${host.url}/webhooks/waha`, { method: 'POST', headers, body });
      assert.equal(status, 200);
    },
    got: () => waha.calls.flatMap(({ path, body }) => (path === '/api/sendText' ? [textIn(body)] : [])),
    gets: count => waha.waitFor(() => overWaha.got().length >= count, 20_000),
  };
  const textIn = (body: unknown) => String((body as { text?: unknown }).text);

  const phones: Readonly<Record<string, { phone: Phone; picture: string }>> = {
    twilio: { phone: overTwilio, picture: `${map} ${place}` },
    waha: { phone: overWaha, picture: `${place}\n${map}` },
  };
  for (const [channel, { phone, picture }] of Object.entries(phones)) {
    it(`books on ${channel} by numbered choices, which are answered by their number or their title`, async () => {
      const told = async (text: string) => {
        const before = phone.got().length;
        await phone.write(text);
        await phone.gets(before + 1);
        return phone.got().slice(before);
      };
      const works = '1. Puncture\n2. Service\n3. Something else';
      const days = '1. Tuesday\n2. Wednesday\n3. Thursday\n4. Friday\n5. Saturday';
      assert.deepEqual(await told('book'), [`Gladly. What is to be done?\n${works}`]);
      assert.deepEqual(await told('9'), [`That I cannot book. What is to be done?\n${works}`]);
      assert.deepEqual(await told('2'), [`On which day will you bring it?\n${days}`]);
      assert.deepEqual(await told('Thursday'), ['What is your name?']);
      assert.deepEqual(await told('Anna'), [
        'Service on Thursday, for Anna. Shall I book that?\n1. Yes\n2. No',
      ]);
      assert.deepEqual(await told('1'), [
        'Booked. Service on Thursday, for Anna. Bring your bicycle in the morning.',
      ]);
      assert.deepEqual(await told('Where are you?'), [picture]);
    });
  }

  it('sends over the API what was asked for, or refuses it with the reason', async () => {
    const conversations = await api.list<{ id: string; channel: string }>('conversations');
    const send = async (channel: string, content: object) => {
      const id = conversations.find(conversation => conversation.channel === channel)?.id;
      const { status, body } = await api.ask<{ sending: string; failure: string }>(
        `conversations/${id}/messages`,
        content,
      );
      return [status, body.sending, body.failure];
    };
    const before = [...overTwilio.got(), ...overWaha.got()];
    assert.deepEqual(await send('waha', { media: { url: map } }), [202, 'failed', 'unsupported_content']);
    assert.deepEqual(await send('twilio', { text: 'x'.repeat(1601) }), [202, 'failed', 'text_too_long']);
    assert.deepEqual([...overTwilio.got(), ...overWaha.got()], before);
  });
});
