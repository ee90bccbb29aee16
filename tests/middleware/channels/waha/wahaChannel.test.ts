import assert from 'node:assert/strict';
import type { WahaChannelOptions } from '../../../../middleware/channels/waha/options.ts';
import { createWahaChannel } from '../../../../middleware/channels/waha/wahaChannel.ts';
import { wahaEvent, wahaHeaders, wahaMessage } from '../../../support/wahaStandIn.ts';
import { now } from '../linkedDevice/samples.ts';

const options: WahaChannelOptions = {
  url: 'https://waha.example.com',
  apiKey: 'the-api-key',
  sessions: ['default'],
  hmacKeys: ['the-hmac-key'],
};

describe('the channel waha', () => {
  it('says what a linked device can do, and that it is unofficial', async () => {
    const channel = createWahaChannel({ ...options, sessions: ['default', 'support'] });
    assert.deepEqual([channel.name, channel.businesses], ['waha', ['default', 'support']]);
    assert.deepEqual(channel.capabilities, {
      read: 'call',
      typing: 'independent',
      coversEarlier: 'named',
      typingPeriodMs: 10_000,
      minTypingPeriodMs: 1000,
      stopTyping: true,
      readWithinMs: null,
      sends: { interactive: false, media: false, template: false, longestText: null },
      window: false,
      idempotentSend: false,
      callsPerSecond: 10,
      unofficial: 'a linked device, which WhatsApp does not offer to programs: it may block the number',
    });
    await channel.close();
  });

  for (const [over, field] of [
    [{ url: 'http://waha.example.com' }, 'WAHA_URL'],
    [{ url: 'waha' }, 'WAHA_URL'],
    [{ apiKey: '' }, 'WAHA_API_KEY'],
    [{ apiKey: 'a\n' }, 'WAHA_API_KEY'],
    [{ sessions: [] }, 'WAHA_SESSION'],
    [{ sessions: [' '] }, 'WAHA_SESSION'],
    [{ hmacKeys: [] }, 'WAHA_HMAC_KEY'],
    [{ hmacKeys: ['k', ''] }, 'WAHA_HMAC_KEY'],
    [{ callsPerSecond: 0 }, 'callsPerSecond'],
    [{ timeoutMs: Number.NaN }, 'timeoutMs'],
  ] as const) {
    it(`does not start with ${JSON.stringify(over)}`, () => {
      assert.throws(() => createWahaChannel({ ...options, ...over }), {
        code: 'invalid_configuration',
        field,
      });
    });
  }

  it('reads what it set aside again, and takes its own clock for what tells no time', async () => {
    const channel = createWahaChannel({ ...options, clock: { now: () => now } });
    const { webhook } = channel;
    const event = wahaEvent(
      'message',
      { ...wahaMessage('A', '1', 'x'), timestamp: null },
      { timestamp: null },
    );
    assert.equal(webhook.reread?.(event).messages[0]?.sentAt, now);
    const poison = wahaEvent('message', { id: 1 });
    const { rejected } = webhook.parse(Buffer.from(JSON.stringify(poison)), { headers: {}, query: {} });
    assert.deepEqual(webhook.reread?.(rejected[0]?.item).rejected, rejected);
    await channel.close();
  });

  it('takes only what is signed, in the same words whatever is wrong', async () => {
    const { webhook, close } = createWahaChannel(options);
    const body = Buffer.from(JSON.stringify(wahaEvent('message', wahaMessage('A', '1', 'x'))));
    const request = { body, query: {}, target: '/webhooks/waha' };
    await webhook.authenticate({ ...request, headers: wahaHeaders(body, 'the-hmac-key') });
    for (const headers of [{}, wahaHeaders(body, 'another-key')])
      assert.throws(() => webhook.authenticate({ ...request, headers }), {
        code: 'unauthorized',
        message: 'The signature is missing or wrong',
      });
    await close();
  });
});
