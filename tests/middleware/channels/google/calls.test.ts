import assert from 'node:assert/strict';
import { createGoogleChannel } from '../../../../middleware/channels/google/googleChannel.ts';
import { uuidOf } from '../../../../middleware/channels/google/uuidOf.ts';
import type { OutboundContent } from '../../../../middleware/domain.ts';
import { ProviderError } from '../../../../middleware/errors.ts';
import type { WebhookChannel } from '../../../../middleware/ports.ts';
import { type GbmStandIn, startGbmStandIn } from '../../../support/gbmStandIn.ts';
import { refusal } from '../../../support/googleServer.ts';
import { type RbmStandIn, startRbmStandIn } from '../../../support/rbmStandIn.ts';

const agentId = 'the_agent';
const agent = 'brands/BRAND_ID/agents/AGENT_ID';
const rbmEnds = { channel: 'google', business: agentId, customer: '15551234567' } as const;
const businessEnds = { channel: 'google', business: agent, customer: 'CONVERSATION_ID' } as const;
const clientTokens = ['client-token'];
const text: OutboundContent = { type: 'text', text: 'hello' };
const repeatId = 'c0ffee00-0000-4000-8000-000000000001';
const signal = () => AbortSignal.timeout(5000);

describe('the calls of the channel google', () => {
  let rbm: RbmStandIn;
  let business: GbmStandIn;
  let channel: WebhookChannel;
  beforeEach(async () => {
    [rbm, business] = await Promise.all([startRbmStandIn([agentId]), startGbmStandIn()]);
    const of = ({ serviceAccount, origin: apiUrl }: RbmStandIn | GbmStandIn, id: string) => ({
      ...{ agentIds: [id], serviceAccount, clientTokens, apiUrl },
    });
    channel = createGoogleChannel({ rbm: of(rbm, agentId), businessMessages: of(business, agent) });
  });
  afterEach(async () => {
    await channel.close();
    await Promise.all([rbm.close(), business.close()]);
  });

  const read = (ends: typeof rbmEnds | typeof businessEnds, id = repeatId) =>
    channel.markRead({ ...ends, messageId: 'in/1', typing: false, repeatId: id }, signal());
  const faultOf = (call: Promise<unknown>) =>
    call.then(
      () => assert.fail('the call succeeded'),
      (error: unknown) => (error instanceof ProviderError ? error : assert.fail(String(error))),
    );

  it('go to the format that the agent belongs to, both being on', async () => {
    assert.deepEqual(channel.businesses, [agentId, agent]);
    assert.match(String(channel.capabilities.retired), /2024-07-31/);
    await read(rbmEnds);
    await read(businessEnds);
    assert.deepEqual(
      rbm.events.map(({ phone, body }) => [phone, body]),
      [['+15551234567', { eventType: 'READ', messageId: 'in/1' }]],
    );
    assert.deepEqual(business.receipts, ['conversations/CONVERSATION_ID/messages/in%2F1/receipt']);
  });

  it('carry the same id when they are repeated, so that they do nothing again', async () => {
    for (const id of [repeatId, repeatId, 'no UUID', 'no UUID']) await read(rbmEnds, id);
    assert.deepEqual(
      rbm.events.map(({ id }) => id),
      [repeatId, uuidOf('no UUID')],
    );
    assert.notEqual(uuidOf('no UUID'), uuidOf('another'));
    rbm.strike('lost');
    const call = { ...rbmEnds, content: text, correlation: repeatId.replace(/1$/, '2') };
    const stop = new AbortController();
    const lost = faultOf(channel.send(call, stop.signal));
    await rbm.waitFor(() => rbm.messages.length === 1);
    stop.abort();
    assert.equal((await lost).ambiguous, true);
    assert.deepEqual(await channel.send(call, signal()), { providerId: call.correlation });
    assert.equal(rbm.messages.length, 1);
  });

  it('show typing under an id of its own each time, and take it back where that can be', async () => {
    for (const show of [true, true, false]) {
      await channel.setTyping?.({ ...rbmEnds, show }, signal());
      await channel.setTyping?.({ ...businessEnds, show, holder: show ? 'bot' : 'agent' }, signal());
    }
    assert.equal(rbm.events.length, 2);
    assert.equal(rbm.calls.length, 2);
    assert.deepEqual(
      business.events.map(({ body }) => [body.eventType, body.representative.representativeType]),
      [
        ['TYPING_STARTED', 'BOT'],
        ['TYPING_STARTED', 'BOT'],
        ['TYPING_STOPPED', 'HUMAN'],
      ],
    );
  });

  it('show who joins and leaves, and who speaks, in Business Messages alone', async () => {
    for (const ends of [rbmEnds, businessEnds]) {
      await channel.showRepresentative?.({ ...ends, joined: true, repeatId }, signal());
      await channel.showRepresentative?.({ ...ends, joined: true, repeatId }, signal());
      await channel.showRepresentative?.({ ...ends, joined: false, repeatId: 'other' }, signal());
    }
    assert.deepEqual(rbm.calls, []);
    assert.deepEqual(
      business.events.map(({ id, body }) => [id, body.eventType, body.representative.representativeType]),
      [
        [repeatId, 'REPRESENTATIVE_JOINED', 'HUMAN'],
        [uuidOf('other'), 'REPRESENTATIVE_LEFT', 'HUMAN'],
      ],
    );
    const correlation = repeatId.replace(/1$/, '3');
    await channel.send({ ...businessEnds, content: text, correlation, holder: 'agent' }, signal());
    assert.equal(business.messages[0]?.body.representative.representativeType, 'HUMAN');
    const { apiUrl, ...options } = { apiUrl: rbm.origin, serviceAccount: rbm.serviceAccount, clientTokens };
    const alone = createGoogleChannel({ rbm: { ...options, agentIds: [agentId], apiUrl } });
    assert.equal(alone.showRepresentative, undefined);
    assert.equal(alone.capabilities.retired, undefined);
    await alone.close();
  });

  it('say that a number is not reachable by RCS, for good', async () => {
    rbm.unreachable.add('+15551234567');
    for (const call of [
      read(rbmEnds),
      channel.send({ ...rbmEnds, content: text, correlation: repeatId }, signal()),
    ]) {
      const { fault, providerCode, retryable, is } = await faultOf(call);
      assert.deepEqual(
        [fault, providerCode, retryable, is],
        ['permanent', 'http_404', false, 'recipient_unreachable'],
      );
    }
  });

  for (const [status, is, businessIs, retryable] of [
    [400, 'message_refused', 'message_refused', false],
    [403, 'permission_missing', 'unknown_target', undefined],
    [404, 'recipient_unreachable', 'unknown_target', false],
    [408, 'provider_unavailable', 'provider_unavailable', true],
    [418, 'unknown', 'unknown', false],
    [502, 'provider_unavailable', 'provider_unavailable', true],
  ] as const) {
    it(`mean by ${status} what it means in the format`, async () => {
      const answer = refusal(status, 'WHATEVER');
      rbm.strike(answer);
      business.strike(answer);
      const [one, other] = [await faultOf(read(rbmEnds)), await faultOf(read(businessEnds))];
      assert.deepEqual([one.is, other.is], [is, businessIs]);
      assert.equal(one.toRefusal().detail, one.fault === 'auth' ? undefined : 'It was refused.');
      if (retryable !== undefined) assert.deepEqual([one.retryable, other.retryable], [retryable, retryable]);
    });
  }

  it('take a message whose id is there already for sent, in Business Messages', async () => {
    business.strike(refusal(409, 'ALREADY_EXISTS'));
    const call = { ...businessEnds, content: text, correlation: repeatId };
    assert.deepEqual(await channel.send(call, signal()), { providerId: repeatId });
    rbm.strike(refusal(409, 'ALREADY_EXISTS'));
    await faultOf(channel.send({ ...rbmEnds, content: text, correlation: repeatId }, signal()));
  });

  it('are refused without one where Google has no such thing, and say why', async () => {
    const template = { type: 'template', template: { name: 'a', language: 'en' } } as const;
    const media = { type: 'media', media: { type: 'image', id: 'of another provider' } } as const;
    for (const ends of [rbmEnds, businessEnds]) {
      for (const content of [template, media]) {
        const error = await faultOf(channel.send({ ...ends, content, correlation: repeatId }, signal()));
        assert.equal(error.retryable, false);
        assert.match(error.message, /no templates|needs an address/);
      }
      const error = await faultOf(channel.downloadMedia(ends.business, 'x', signal()));
      assert.match(error.message, /holds the address of its file/);
    }
    assert.deepEqual([rbm.calls, business.calls], [[], []]);
  });

  it('send pictures, and other files as Business Messages can show them', async () => {
    const files = [
      { type: 'image', url: 'https://example.com/a.jpg' },
      { type: 'video', url: 'https://example.com/a.mp4', caption: 'See' },
      { type: 'audio', url: 'https://example.com/a.mp3' },
    ] as const;
    for (const [index, media] of files.entries()) {
      const correlation = repeatId.replace(/1$/, String(index + 4));
      await channel.send({ ...businessEnds, content: { type: 'media', media }, correlation }, signal());
    }
    assert.deepEqual(
      business.messages.map(({ body: { messageId: _id, representative: _bot, ...content } }) => content),
      [
        { image: { contentInfo: { fileUrl: 'https://example.com/a.jpg', forceRefresh: false } } },
        { text: 'See\nhttps://example.com/a.mp4' },
        { text: 'https://example.com/a.mp3' },
      ],
    );
  });
});
