import assert from 'node:assert/strict';
import { createAcsChannel } from '../../../../middleware/channels/acs/acsChannel.ts';
import { inCloudSchema, inGridSchema, receivedEvent, validationEvent } from '../../../support/acsEvents.ts';

const business = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const code = '512d38b6-c7b8-40c8-89fe-f46f9e9622b6';
const channel = createAcsChannel({
  connectionString: 'endpoint=https://contoso.example.com;accessKey=MDEyMzQ1Njc4OWFiY2RlZg==',
  channelIds: [business],
  webhookSecrets: ['current', 'before'],
});
const { webhook } = channel;
const asBody = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('the webhook of ACS', () => {
  after(() => channel.close());

  const request = (header: string | string[] | undefined, query?: string) => ({
    headers: { 'x-webhook-secret': header },
    query: { code: query },
    target: '/webhooks/acs',
    body: Buffer.alloc(0),
  });
  for (const [what, given] of [
    ['the secret in the header', request('current')],
    ['the secret in the query', request(undefined, 'current')],
    ['the secret before', request('before')],
    ['the secret before, in the query', request(undefined, 'before')],
  ] as const) {
    it(`lets ${what} pass`, async () => webhook.authenticate(given));
  }
  for (const [what, given] of [
    ['none', request(undefined)],
    ['an empty one', request('', '')],
    ['a wrong one', request('other')],
    ['a wrong one in the query', request(undefined, 'other')],
    ['a part of it', request('curren')],
    ['more than it', request('current,before')],
    ['two headers', request(['current', 'current'])],
    ['a wrong header beside a right query', request('other', 'current')],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(
        async () => webhook.authenticate(given),
        (error: Error & { code?: string }) =>
          error.code === 'unauthorized' && !/current|before/.test(error.message),
      );
    });
  }

  describe('when a subscription is made', () => {
    it('answers with the code, in either schema', () => {
      for (const inSchema of [inGridSchema, inCloudSchema]) {
        const events = inSchema([validationEvent(code)]);
        assert.deepEqual(webhook.handshake?.(asBody(events)), { validationResponse: code });
        assert.deepEqual(webhook.handshake?.(asBody(events[0])), { validationResponse: code });
      }
    });
    it('takes an ordinary webhook for one, whatever its text', () => {
      const text = 'Microsoft.EventGrid.SubscriptionValidationEvent';
      for (const content of ['hi', text]) {
        const events = inGridSchema([receivedEvent({ to: business, content })]);
        assert.equal(webhook.handshake?.(asBody(events)), undefined);
      }
      assert.equal(webhook.handshake?.(asBody([text])), undefined);
      assert.equal(webhook.handshake?.(asBody([])), undefined);
    });
    it('refuses a validation without a code, or one that is no JSON', () => {
      const [event] = inGridSchema([validationEvent(code)]);
      for (const data of [{}, { validationCode: '' }, { validationCode: 5 }, null, undefined]) {
        assert.throws(() => webhook.handshake?.(asBody([{ ...event, data }])), { code: 'invalid_request' });
      }
      const broken = Buffer.from('{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent"');
      assert.throws(() => webhook.handshake?.(broken), { code: 'invalid_request' });
    });
  });

  describe('when a sender of CloudEvents asks', () => {
    it('allows the origin that asks', () => {
      assert.deepEqual(webhook.preflight?.({ 'webhook-request-origin': 'eventemitter.example.com' }), {
        Allow: 'POST',
        'WebHook-Allowed-Origin': 'eventemitter.example.com',
        'WebHook-Allowed-Rate': '*',
      });
    });
    for (const origin of [undefined, '', 'a b', 'a\r\nset-cookie: x', 'ä', 'x'.repeat(257), ['a', 'b']]) {
      it(`refuses ${JSON.stringify(origin)?.slice(0, 30)}`, () =>
        assert.throws(() => webhook.preflight?.({ 'webhook-request-origin': origin }), {
          code: 'invalid_request',
        }));
    }
  });
});
