import assert from 'node:assert/strict';
import { createAcsChannel } from '../../middleware/channels/acs/acsChannel.ts';
import { requirePackage } from '../../middleware/channels/requirePackage.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { WebhookChannel } from '../../middleware/ports.ts';
import { receiveWebhook } from '../../middleware/receiveWebhook.ts';
import { acs } from '../security/acsBySecret.ts';
import { quietLog } from '../support/engineWorld.ts';

describe('receiveWebhook', () => {
  const secret = 'the-secret-of-today';
  const log = quietLog();
  let admitted: number;
  let fails: Error | undefined;
  let channel: WebhookChannel;
  const engine = {
    log,
    async admit() {
      if (fails !== undefined) throw fails;
      admitted += 1;
      return {} as never;
    },
  };
  beforeEach(() => {
    admitted = 0;
    fails = undefined;
    log.lines.length = 0;
    channel = createAcsChannel({
      connectionString: `endpoint=https://a.communication.azure.com/;accessKey=${Buffer.from('key').toString('base64')}`,
      channelIds: [acs.business],
      webhookSecrets: [secret],
    });
  });
  afterEach(() => channel.close());

  const receive = (
    body: string,
    {
      method = 'POST',
      target = `/?code=${secret}`,
      headers = {},
    }: Partial<Parameters<typeof receiveWebhook>[2]> = {},
  ) => receiveWebhook(engine, channel, { method, target, headers, body: Buffer.from(body) });

  it('admits what is proved, and says 200 once it is', async () => {
    const { status, body } = await receive(acs.body({ id: 'one', text: 'Hello' }));
    assert.deepEqual([status, body, admitted], [200, '', 1]);
  });

  it('refuses what is not, and what cannot be read, in the form that all of the API has', async () => {
    const refused = await receive(acs.body({ id: 'one', text: 'Hello' }), { target: '/?code=wrong' });
    assert.deepEqual([refused.status, JSON.parse(refused.body).error.code], [401, 'unauthorized']);
    const unreadable = await receive('nonsense');
    assert.deepEqual([unreadable.status, JSON.parse(unreadable.body).error.code], [400, 'invalid_request']);
    assert.deepEqual([admitted, log.lines], [0, []]);
  });

  it('answers a provider that verifies the address', async () => {
    const event = {
      id: '1',
      topic: 't',
      subject: '',
      eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
      eventTime: '2026-11-21T12:00:00Z',
      data: { validationCode: 'the-code' },
      dataVersion: '2',
      metadataVersion: '1',
    };
    const { status, body } = await receive(JSON.stringify([event]));
    assert.deepEqual([status, JSON.parse(body), admitted], [200, { validationResponse: 'the-code' }, 0]);
    const asked = await receive('', {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'grid.example' },
    });
    assert.deepEqual([asked.status, asked.headers['WebHook-Allowed-Origin']], [200, 'grid.example']);
    assert.equal((await receive('', { method: 'GET' })).status, 405);
  });

  it('says 503 where the store is away, so that the provider comes again, and logs it', async () => {
    fails = new BluetickError('store_unavailable', 'The store is away');
    assert.equal((await receive(acs.body({ id: 'one', text: 'Hello' }))).status, 503);
    fails = new Error('words of a customer');
    const { status, body } = await receive(acs.body({ id: 'one', text: 'Hello' }));
    assert.deepEqual([status, body.includes('customer')], [500, false]);
    assert.deepEqual(
      log.lines.map(({ level, fields }) => [level, JSON.stringify(fields).includes('customer')]),
      [
        ['error', false],
        ['error', false],
      ],
    );
  });
});

describe('a package that only some need', () => {
  it('is asked for by name where it is missing', () => {
    requirePackage('zod', 'Everybody');
    assert.throws(() => requirePackage('a-package-that-nobody-has', 'The channel x'), {
      code: 'invalid_configuration',
      message: /^The channel x needs the package a-package-that-nobody-has.*npm install a-package/,
    });
  });
});
