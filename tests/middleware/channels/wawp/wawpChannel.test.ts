import assert from 'node:assert/strict';
import type { WawpChannelOptions } from '../../../../middleware/channels/wawp/options.ts';
import { createWawpChannel } from '../../../../middleware/channels/wawp/wawpChannel.ts';
import { fixture } from '../linkedDevice/samples.ts';

const options: WawpChannelOptions = {
  instanceId: '123456789',
  accessToken: 'the-access-token',
  webhookSecrets: ['the-secret-of-today', 'the-secret-before'],
};

describe('the channel wawp', () => {
  const channel = createWawpChannel(options);
  const parse = (event: object, over: Partial<WawpChannelOptions> = {}) =>
    createWawpChannel({ ...options, ...over }).webhook.parse(Buffer.from(JSON.stringify(event)));

  it('serves its instance, and says that it is unofficial', () => {
    assert.deepEqual([channel.name, channel.businesses], ['wawp', ['123456789']]);
    assert.match(String(channel.capabilities.unofficial), /may block the number/);
  });

  for (const [over, field] of [
    [{ instanceId: '' }, 'WAWP_INSTANCE_ID'],
    [{ accessToken: ' ' }, 'WAWP_ACCESS_TOKEN'],
    [{ webhookSecrets: [] }, 'WAWP_WEBHOOK_SECRET'],
    [{ webhookSecrets: [''] }, 'WAWP_WEBHOOK_SECRET'],
    [{ session: '' }, 'WAWP_SESSION'],
    [{ apiUrl: 'http://api.wawp.net' }, 'WAWP_API_URL'],
    [{ callsPerSecond: -1 }, 'callsPerSecond'],
  ] as const) {
    it(`does not start with ${JSON.stringify(over)}`, () => {
      assert.throws(() => createWawpChannel({ ...options, ...over }), {
        code: 'invalid_configuration',
        field,
      });
    });
  }

  it('reads a message with a file, as its page lists the fields', () => {
    const { messages } = parse(fixture('wawp/message'));
    assert.deepEqual(messages, [
      {
        channel: 'wawp',
        business: '123456789',
        customer: '11111111111',
        kind: 'message',
        providerId: 'false_11111111111@c.us_AAAA',
        key: 'false_11111111111@c.us_AAAA',
        sentAt: 1_634_567_890_000,
        content: {
          text: 'Hi there!',
          replyTo: 'AAAA',
          media: { type: 'image', caption: 'Hi there!', contentType: 'image/jpeg', fileName: 'a.jpg' },
          type: 'image',
        },
      },
    ]);
  });

  it('reads the state of the session in both forms', () => {
    assert.deepEqual(parse(fixture('wawp/session.status')).connections, [
      { business: '123456789', up: false, because: 'STOPPED', at: 1_634_567_890_123 },
    ]);
    assert.deepEqual(parse(fixture('wawp/session.status.old')).connections, [
      { business: '123456789', up: false, because: 'SCAN_QR_CODE', at: 1_722_170_400_999 },
    ]);
    const old = { ...fixture('wawp/session.status.old'), instance_id: 42, ts: undefined, status: 'WORKING' };
    const [report] = parse(old).connections ?? [];
    assert.deepEqual([report?.business, report?.up], ['42', true]);
  });

  describe('takes an event for another instance’s', () => {
    const businesses = (event: object, over = {}) =>
      parse(event, over).messages.map(({ business }) => business);
    const message = fixture('wawp/message');

    for (const event of fixture('unverified/wawp/events')) {
      const named = event.instance_id ?? event.session;
      it(`where it names one: ${named}`, () => {
        assert.deepEqual(businesses(event), [named]);
      });
    }
    it('where its payload names one, whatever its session is called', () => {
      const payload = { ...message.payload, instance_id: '987654321' };
      assert.deepEqual(businesses({ ...message, payload }), ['987654321']);
    });
    it('unless it is called as the setting says, or as our own', () => {
      assert.deepEqual(businesses({ ...message, session: '123456789' }), ['123456789']);
      assert.deepEqual(businesses({ ...message, session: 'shop' }, { session: 'shop' }), ['123456789']);
      assert.deepEqual(businesses(message, { session: 'shop' }), ['default']);
    });
  });

  it('takes what holds one of the secrets in its address, and nothing else', () => {
    const request = { body: Buffer.from('{}'), headers: {}, target: '/webhooks/wawp' };
    for (const code of options.webhookSecrets) channel.webhook.authenticate({ ...request, query: { code } });
    for (const query of [{}, { code: '' }, { code: 'the-secret' }, { secret: 'the-secret-of-today' }])
      assert.throws(() => channel.webhook.authenticate({ ...request, query }), {
        code: 'unauthorized',
        message: 'The proof is missing or wrong',
      });
  });

  it('reads what it set aside again', () => {
    const { rejected } = parse({ event: 'message', session: 'default', payload: {} });
    assert.deepEqual(channel.webhook.reread?.(rejected[0]?.item).rejected, rejected);
  });
});
