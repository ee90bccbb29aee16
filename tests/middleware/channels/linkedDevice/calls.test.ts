import assert from 'node:assert/strict';
import { createWahaChannel } from '../../../../middleware/channels/waha/wahaChannel.ts';
import { createWawpChannel } from '../../../../middleware/channels/wawp/wawpChannel.ts';
import type { OutboundContent } from '../../../../middleware/domain.ts';
import type { ProviderError } from '../../../../middleware/errors.ts';
import { serveHttp } from '../../../support/standIn.ts';
import { startWahaStandIn, type WahaStandIn } from '../../../support/wahaStandIn.ts';
import { startWawpStandIn } from '../../../support/wawpStandIn.ts';
import { fixture } from './samples.ts';

const never = new AbortController().signal;
const address = { channel: 'waha', business: 'default', customer: '11111111111' } as const;
const correlation = 'c0ffee00-0000-4000-8000-000000000001';
const open = ({ origin: url, apiKey }: Pick<WahaStandIn, 'origin' | 'apiKey'>) =>
  createWahaChannel({ url, apiKey, sessions: ['default', 'support'], hmacKeys: ['k'] });

describe('the calls to a linked device', () => {
  let waha: WahaStandIn;
  let channel: ReturnType<typeof open>;
  beforeEach(async () => {
    waha = await startWahaStandIn(['default', 'support']);
    channel = open(waha);
  });
  afterEach(async () => {
    await channel.close();
    await waha.close();
  });
  const bodies = () => waha.calls.map(({ body }) => body);
  const refusal = async (call: Promise<unknown>): Promise<ProviderError> => {
    const error = await call.then(
      () => assert.fail('the call succeeded'),
      (caught: ProviderError) => caught,
    );
    assert.deepEqual(waha.calls, []);
    return error;
  };

  it('name every message that a receipt covers, oldest first: engines that mark single ones need it', async () => {
    const call = { ...address, messageId: 'c', covers: ['a', 'b'], typing: false, repeatId: correlation };
    await channel.markRead(call, never);
    assert.deepEqual(bodies(), [
      { session: 'default', chatId: '11111111111@c.us', messageIds: ['a', 'b', 'c'] },
    ]);
  });

  it('go to the session of the business, and to a customer by hidden id', async () => {
    const to = { ...address, business: 'support', customer: '123456789012345@lid' };
    await channel.setTyping?.({ ...to, show: true }, never);
    assert.deepEqual(bodies(), [{ session: 'support', chatId: '123456789012345@lid' }]);
  });

  it('quote a message', async () => {
    const content = { type: 'text', text: 'x', replyTo: 'false_1@c.us_A' } as const;
    await channel.send({ ...address, content, correlation }, never);
    assert.deepEqual(bodies(), [
      { session: 'default', chatId: '11111111111@c.us', text: 'x', reply_to: 'false_1@c.us_A' },
    ]);
  });

  for (const customer of ['120363000@g.us', 'status@broadcast', 'US.1349120', '', '1@c.us', '1@lid@c.us']) {
    it(`reach nobody by "${customer}"`, async () => {
      const { providerCode, fault, is } = await refusal(
        channel.setTyping?.({ ...address, customer, show: true }, never) ?? Promise.resolve(),
      );
      assert.deepEqual([providerCode, fault, is], ['no_chat', 'permanent', 'unknown_target']);
    });
  }

  const others: OutboundContent[] = [
    { type: 'media', media: { type: 'image', url: 'https://example.com/a.jpg' } },
    { type: 'interactive', interactive: { kind: 'buttons', body: 'x', buttons: [] } },
    { type: 'template', template: { name: 't', language: 'en' } },
  ];
  for (const content of others) {
    it(`send no ${content.type} message, and say why`, async () => {
      const error = await refusal(channel.send({ ...address, content, correlation }, never));
      assert.deepEqual([error.providerCode, error.fault], ['unsupported_content', 'permanent']);
      assert.match(error.message, new RegExp(`texts only: WAHA’s ${content.type} messages`));
    });
  }

  it('fetch no file, and say why', async () => {
    const error = await refusal(channel.downloadMedia('default', 'http://127.0.0.1/a', never));
    assert.equal(error.providerCode, 'unsupported_download');
    assert.match(error.message, /not documented/);
  });

  it('keep a path before the API’s own', async () => {
    const behind = createWahaChannel({
      url: `${waha.origin}/waha/`,
      apiKey: waha.apiKey,
      sessions: ['default'],
      hmacKeys: ['k'],
    });
    await behind.setTyping?.({ ...address, show: true }, never).catch(() => {});
    await behind.close();
    assert.deepEqual(
      waha.calls.map(({ path }) => path),
      ['/waha/api/startTyping'],
    );
  });

  it('send texts over Wawp up to the documented length, and no longer ones', async () => {
    const wawp = await startWawpStandIn('1');
    const { accessToken, origin: apiUrl } = wawp;
    const other = createWawpChannel({ instanceId: '1', accessToken, apiUrl, webhookSecrets: ['s'] });
    const send = (length: number) => {
      const content = { type: 'text', text: 'x'.repeat(length) } as const;
      return other.send({ ...address, channel: 'wawp', business: '1', content, correlation }, never);
    };
    await send(4096);
    await assert.rejects(send(4097), { providerCode: 'text_too_long', fault: 'permanent' });
    assert.equal(wawp.calls.length, 1);
    await other.close();
    await wawp.close();
  });

  describe('that are answered in a form of an engine’s own', () => {
    const text = { type: 'text', text: 'x' } as const;
    const sendTo = async (body: string) => {
      const standIn = await serveHttp((_request, response) => {
        response.writeHead(201);
        response.end(body);
      });
      const other = open({ origin: standIn.origin, apiKey: 'k' });
      try {
        return await other.send({ ...address, content: text, correlation }, never);
      } finally {
        await other.close();
        await standIn.close();
      }
    };
    for (const { engine, body, id } of fixture('unverified/waha/send-answers')) {
      it(`answer the id that statuses will have: ${engine}`, async () => {
        assert.deepEqual(await sendTo(JSON.stringify(body)), { providerId: id });
      });
    }
    for (const body of [
      '',
      'x',
      '[]',
      '{"id":""}',
      '{"key":{"remoteJid":"1@c.us","fromMe":false,"id":"A"}}',
    ]) {
      it(`do not say that it was sent where there is no id: ${body || 'nothing'}`, async () => {
        await assert.rejects(sendTo(body), {
          providerCode: 'unreadable_answer',
          ambiguous: true,
          retries: 1,
        });
      });
    }
  });
});
