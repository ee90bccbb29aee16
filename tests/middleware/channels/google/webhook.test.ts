import assert from 'node:assert/strict';
import { createGoogleChannel } from '../../../../middleware/channels/google/googleChannel.ts';
import type { Webhook } from '../../../../middleware/ports.ts';
import type { GoogleServer } from '../../../support/googleServer.ts';
import {
  businessMessagesWebhook,
  inEnvelope,
  rbmWebhook,
  signGoogle,
} from '../../../support/googleWebhooks.ts';
import { startRbmStandIn } from '../../../support/rbmStandIn.ts';
import { fixture } from './fixtures.ts';

const handshake = fixture<{ clientToken: string; secret: string }>('google/rbm-handshake');
const rbmToken = handshake.clientToken;
const businessToken = 'token-of-business-messages';
const agent = 'brands/BRAND_ID/agents/AGENT_ID';
const message = { agentId: 'AGENT_ID', senderPhoneNumber: '+15551234567', messageId: 'm1', text: 'Hi' };
const bare = { agent, conversationId: 'c1', message: { messageId: 'm2', text: 'Hi' } };

describe('the webhook of the channel google', () => {
  let server: GoogleServer;
  let both: Webhook;
  let rbmAlone: Webhook;
  let businessAlone: Webhook;
  before(async () => {
    server = await startRbmStandIn(['AGENT_ID']);
    const { serviceAccount } = server;
    const rbm = { agentIds: ['AGENT_ID'], serviceAccount, clientTokens: ['newer', rbmToken] };
    const businessMessages = { agentIds: [agent], serviceAccount, clientTokens: [businessToken] };
    both = createGoogleChannel({ rbm, businessMessages }).webhook;
    rbmAlone = createGoogleChannel({ rbm }).webhook;
    businessAlone = createGoogleChannel({ businessMessages }).webhook;
  });
  after(() => server.close());

  const request = (body: Buffer | string, headers: Record<string, string | string[]> = {}) => ({
    ...{ headers, query: {}, target: '/webhooks/google' },
    body: Buffer.from(body),
  });
  const takes = async (webhook: Webhook, body: Buffer | string, headers = {}) => {
    try {
      await webhook.authenticate(request(body, headers));
      return true;
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'unauthorized');
      return false;
    }
  };

  describe('that is registered', () => {
    it('answers the secret to a client token, of either format, and takes no header for it', async () => {
      for (const clientToken of [rbmToken, 'newer', businessToken]) {
        const body = JSON.stringify({ ...handshake, clientToken });
        assert.ok(await takes(both, body));
        assert.equal(both.handshake?.(Buffer.from(body)), handshake.secret);
      }
      assert.ok(!(await takes(businessAlone, JSON.stringify(handshake))));
    });

    it('answers nobody else', async () => {
      const { secret } = handshake;
      for (const body of [
        { secret },
        { clientToken: rbmToken },
        { clientToken: '', secret },
        { clientToken: `${rbmToken}x`, secret },
        { clientToken: rbmToken.toLowerCase(), secret },
        { clientToken: [rbmToken], secret },
        { clientToken: rbmToken, secret: 1 },
        { clientToken: rbmToken, secret: 'x'.repeat(1025) },
        [{ clientToken: rbmToken, secret }],
      ])
        assert.ok(!(await takes(both, JSON.stringify(body))), JSON.stringify(body));
    });

    it('is no way in for a message that nobody signed', async () => {
      for (const events of [{ message: { data: inEnvelope(JSON.stringify(message)) } }, bare]) {
        const body = JSON.stringify({ ...events, ...handshake });
        assert.ok(!(await takes(both, body)));
        assert.equal(both.handshake?.(Buffer.from(body)), undefined);
      }
    });
  });

  describe('that brings something', () => {
    it('is proved by the token of its own format', async () => {
      const rbm = rbmWebhook(message, rbmToken);
      const business = businessMessagesWebhook(bare, businessToken);
      for (const { body, headers } of [rbm, business]) assert.ok(await takes(both, body, headers));
      for (const crossed of [rbmWebhook(message, businessToken), businessMessagesWebhook(bare, rbmToken)])
        assert.ok(!(await takes(both, crossed.body, crossed.headers)));
      // The format that is off has no token.
      assert.ok(!(await takes(rbmAlone, business.body, business.headers)));
      assert.ok(!(await takes(businessAlone, rbm.body, rbm.headers)));
    });

    it('is not proved by the other format’s kind of signature', async () => {
      const rbm = Buffer.from(inEnvelope(JSON.stringify(message)));
      assert.ok(!(await takes(both, rbm, { 'x-goog-signature': signGoogle(rbm, rbmToken) })));
      assert.ok(!(await takes(both, rbm, { 'x-goog-signature': signGoogle(rbm, businessToken) })));
      // What was signed for one, without its envelope, is nothing to the other.
      const inner = JSON.stringify(message);
      assert.ok(!(await takes(both, inner, { 'x-goog-signature': signGoogle(inner, rbmToken) })));
    });

    it('is refused where the data is another, and read as it is signed, whatever stands around it', async () => {
      const { headers } = rbmWebhook(message, rbmToken);
      const forged = inEnvelope(JSON.stringify({ ...message, text: 'Ho' }));
      assert.ok(!(await takes(both, forged, headers)));
      const around = JSON.stringify({
        message: { data: Buffer.from(JSON.stringify(message)).toString('base64'), attributes: { a: 'b' } },
        subscription: 'x',
      });
      assert.ok(await takes(both, around, headers));
      const [read] = both.parse(Buffer.from(around)).messages;
      assert.deepEqual([read?.content.text, read?.business], ['Hi', 'AGENT_ID']);
    });

    it('is told by its shape', () => {
      const [rbm] = both.parse(rbmWebhook(message, rbmToken).body).messages;
      const [business] = both.parse(businessMessagesWebhook(bare, businessToken).body).messages;
      assert.deepEqual([rbm?.business, business?.business], ['AGENT_ID', agent]);
      assert.deepEqual(rbmAlone.parse(Buffer.from(JSON.stringify(bare))).messages, []);
    });

    it('sets signed data aside that is no JSON, since a refusal would hold up every agent', () => {
      for (const data of ['', 'hello', '{"a":', `${'['.repeat(40)}${']'.repeat(40)}`, '{"__proto__":1}']) {
        const { rejected, ...rest } = both.parse(Buffer.from(inEnvelope(data)));
        assert.deepEqual(rest, { messages: [], acknowledgements: [] });
        const [only] = rejected;
        assert.equal(only?.reason, 'message.data is not JSON');
        const again = both.reread?.(JSON.parse(JSON.stringify(only?.item)));
        assert.deepEqual(again?.rejected, rejected);
      }
    });

    it('is read again by itself, in its own format', () => {
      for (const payload of [
        { ...message, senderPhoneNumber: 'x' },
        { ...bare, message: {} },
      ]) {
        const body = 'agent' in payload ? JSON.stringify(payload) : inEnvelope(JSON.stringify(payload));
        const { rejected } = both.parse(Buffer.from(body));
        assert.equal(rejected.length, 1);
        assert.ok(rejected[0]?.business !== undefined);
        assert.deepEqual(both.reread?.(rejected[0]?.item).rejected, rejected);
      }
    });

    it('has the time of its arrival where it tells none', () => {
      const events = { ...message, messageId: undefined, eventId: 'e1' };
      const { body } = rbmWebhook(events, rbmToken);
      const [read] = both.parse(body, { headers: {}, query: {}, receivedAt: 1000 }).messages;
      assert.deepEqual([read?.sentAt, read?.key, read?.providerId], [1000, 'e1', undefined]);
    });
  });
});
