import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../../bot/config.ts';
import { type Host, startHost } from '../../../bot/host.ts';
import { startTwilioStandIn, type TwilioStandIn } from '../../support/twilioStandIn.ts';
import { deliver, type Form, inboundForm, signature, statusForm } from '../../support/twilioWebhooks.ts';

const business = '14155238886';
const customer = '4915550001111';

describe('the webhooks of Twilio', () => {
  let twilio: TwilioStandIn;
  let host: Host;
  let folder: string;
  let publicUrl: string;

  async function start(settings: Form = {}): Promise<void> {
    publicUrl = settings.PUBLIC_URL ?? 'https://bot.example.com';
    const config = readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      BLUETICK_DATA: folder,
      BLUETICK_API_KEY: 'a-key-for-the-tests-0123456789',
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_WHATSAPP_NUMBER: business,
      TWILIO_API_URL: twilio.origin,
      TWILIO_MESSAGING_URL: twilio.origin,
      PUBLIC_URL: publicUrl,
      ...settings,
    });
    host = await startHost(config, pino({ level: 'silent' }));
  }
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-twilio-webhook-'));
    twilio = await startTwilioStandIn();
  });
  afterEach(async () => {
    await host.close();
    await twilio.close();
    await rm(folder, { recursive: true });
  });

  const local = () => `http://127.0.0.1:${host.port}`;
  const message = () =>
    inboundForm({ accountSid: twilio.accountSid, business, customer }, twilio.receive(), { Body: 'thanks' });
  /** Delivers a form; answers the status, the body and the error's code, if there is one. */
  async function send(fields: Form, path = '/webhooks/twilio', authToken = twilio.authToken, by = publicUrl) {
    return answerOf(await deliver(local(), by, path, fields, { authToken }));
  }
  async function post(path: string, body: string | Buffer, headers: Form) {
    return answerOf(
      await fetch(local() + path, {
        method: 'POST',
        headers: { ...headers },
        body: new Uint8Array(Buffer.from(body)),
      }),
    );
  }
  async function answerOf(response: Response) {
    const text = await response.text();
    return { status: response.status, text, code: text === '' ? undefined : JSON.parse(text).error?.code };
  }

  it('are taken at both addresses, whichever kind they are, and answered with nothing', async () => {
    await start();
    for (const path of ['/webhooks/twilio', '/webhooks/twilio/status', '/webhooks/twilio/status?ref=abc']) {
      const { length } = twilio.sent;
      assert.deepEqual(await send(message(), path), { status: 200, text: '', code: undefined });
      await twilio.waitFor(() => twilio.sent.length > length);
      const ends = { accountSid: twilio.accountSid, business, customer };
      const sid = String(twilio.sent[length]?.sid);
      assert.equal((await send(statusForm(ends, sid, 'delivered'), path)).status, 200);
    }
  });

  it('are signed for the public address, under whatever path, with its port or without', async () => {
    await start({ PUBLIC_URL: 'https://example.com/bot/' });
    const own = 'https://example.com/bot';
    assert.equal((await send(message(), undefined, undefined, own)).status, 200);
    assert.equal((await send(message(), undefined, undefined, 'https://example.com:443/bot')).status, 200);
    for (const other of ['https://example.com', 'http://example.com/bot', `${local()}/bot`, local()])
      assert.equal((await send(message(), undefined, undefined, other)).code, 'unauthorized', other);
  });

  it('are signed with any of several tokens, but not with one that was taken away', async () => {
    await start({ TWILIO_AUTH_TOKEN: `${twilio.authToken}, the-token-before,` });
    assert.equal((await send(message())).status, 200);
    assert.equal((await send(message(), undefined, 'the-token-before')).status, 200);
    for (const token of ['', 'the-token-before-that'])
      assert.equal((await send(message(), undefined, token)).status, 401);
  });

  it('are refused where they are no form, though their bytes are signed', async () => {
    await start();
    for (const body of ['{"AccountSid":"AC1"}', '', 'x'.repeat(1000), '\xff']) {
      const hash = createHash('sha256').update(body).digest('hex');
      const path = `/webhooks/twilio?bodySHA256=${hash}`;
      const proof = signature(publicUrl + path, {}, twilio.authToken);
      const { status, code } = await post(path, body, { 'x-twilio-signature': proof });
      assert.deepEqual([status, code], [400, 'invalid_request'], body);
    }
  });

  it('are refused above 256 kB, and with names that could change a prototype', async () => {
    await start();
    const large = { ...message(), Body: 'x'.repeat(256 * 1024) };
    assert.equal((await send(large)).status, 413);
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      // As an own name: a literal would mean the prototype.
      const fields = Object.fromEntries([...Object.entries(message()), [name, 'x']]);
      assert.deepEqual((await send(fields)).code, 'invalid_request', name);
    }
    assert.equal(({} as Form).x, undefined);
    assert.deepEqual(twilio.calls, []);
  });

  it('are not there while the channel is off', async () => {
    await start({ TWILIO_WHATSAPP_NUMBER: '', TWILIO_MESSAGING_URL: '', SMS_FROM: '+15550002222' });
    for (const path of ['/webhooks/twilio', '/webhooks/twilio/status'])
      assert.equal((await send(message(), path)).status, 404);
  });
});
