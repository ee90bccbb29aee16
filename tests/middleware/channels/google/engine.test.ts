import assert from 'node:assert/strict';
import { createGoogleChannel } from '../../../../middleware/channels/google/googleChannel.ts';
import type { Address, CustomerTyping } from '../../../../middleware/domain.ts';
import { createPolicyBook } from '../../../../middleware/policy/policyBook.ts';
import type { Store, WebhookChannel } from '../../../../middleware/ports.ts';
import { createEngine, type Engine } from '../../../../middleware/receipts/engine.ts';
import { openSqliteStore } from '../../../../middleware/storage/sqlite/openSqliteStore.ts';
import { quietLog } from '../../../support/engineWorld.ts';
import { type GbmStandIn, startGbmStandIn } from '../../../support/gbmStandIn.ts';
import { businessMessagesWebhook, googleTime, rbmWebhook } from '../../../support/googleWebhooks.ts';
import { type RbmStandIn, startRbmStandIn } from '../../../support/rbmStandIn.ts';

const agent = 'brands/BRAND_ID/agents/AGENT_ID';
const token = 'client-token';

describe('the engine with the channel google', () => {
  let rbm: RbmStandIn;
  let business: GbmStandIn;
  let channel: WebhookChannel;
  let store: Store;
  let engine: Engine;
  let log: ReturnType<typeof quietLog>;
  beforeEach(async () => {
    [rbm, business] = await Promise.all([startRbmStandIn(['the_agent']), startGbmStandIn()]);
    const of = ({ serviceAccount, origin: apiUrl }: RbmStandIn | GbmStandIn, id: string) => ({
      ...{ agentIds: [id], serviceAccount, clientTokens: [token], apiUrl },
    });
    channel = createGoogleChannel({ rbm: of(rbm, 'the_agent'), businessMessages: of(business, agent) });
    store = await openSqliteStore({ path: ':memory:', thread: false });
    log = quietLog();
    const policies = createPolicyBook({ default: { read: { when: 'manual' } } }, [channel]);
    engine = createEngine({ store, channels: [channel], policies, log, onTurn: async () => {} });
    engine.start();
  });
  afterEach(async () => {
    await engine.stop();
    await channel.close();
    await store.close();
    await Promise.all([rbm.close(), business.close()]);
  });

  const tell = ({ body }: { body: Buffer }) => engine.admit(channel, channel.webhook.parse(body));
  const say = (payload: object) =>
    tell(rbmWebhook({ agentId: 'the_agent', senderPhoneNumber: '+15551234567', ...payload }, token));
  const sayBusiness = (payload: object) =>
    tell(businessMessagesWebhook({ agent, conversationId: 'CONVERSATION_ID', ...payload }, token));
  async function conversationOf(address: Omit<Address, 'channel'>) {
    const conversation = await store.conversation({ channel: 'google', ...address });
    return conversation ?? assert.fail('no conversation');
  }
  const human = { business: agent, customer: 'CONVERSATION_ID' };
  const representatives = () => business.events.map(({ body }) => body.eventType);

  it('joins a status that comes before the answer to the call that it is of', async () => {
    await say({ messageId: 'm1', sendTime: googleTime(Date.now() - 1000), text: 'Hi' });
    const conversation = await conversationOf({ business: 'the_agent', customer: '15551234567' });
    const reports: object[] = [];
    rbm.beforeAnswer = async ({ path }) => {
      const messageId = new URL(path, rbm.origin).searchParams.get('messageId');
      for (const eventType of ['READ', 'DELIVERED'])
        reports.push(
          await say({ eventType, eventId: eventType, messageId, sendTime: googleTime(Date.now()) }),
        );
    };
    const { ref, providerId } = await engine.send(conversation, { type: 'text', text: 'hello' });
    assert.equal(providerId, rbm.messages[0]?.id);
    assert.deepEqual(
      reports.map(report => Reflect.get(report, 'acknowledged')),
      [1, 1],
    );
    const [entry] = await store.listLedger(conversation.id, { limit: 10 });
    assert.deepEqual([entry?.ref, entry?.sending, entry?.providerId], [ref, 'sent', providerId]);
    assert.deepEqual(Object.keys(entry?.state.at ?? {}).sort(), ['delivered', 'read']);
  });

  it('keeps that a message expired and was taken back as its failure', async () => {
    await say({ messageId: 'm1', text: 'Hi' });
    const conversation = await conversationOf({ business: 'the_agent', customer: '15551234567' });
    const { providerId: messageId } = await engine.send(conversation, { type: 'text', text: 'hello' });
    for (const eventType of ['TTL_EXPIRATION_REVOKE_FAILED', 'TTL_EXPIRATION_REVOKED']) {
      const event = { agentId: 'the_agent', phoneNumber: '+15551234567', messageId, eventType, eventId: 'e' };
      await tell(rbmWebhook(event, token));
    }
    const [entry] = await store.listLedger(conversation.id, { limit: 10 });
    assert.deepEqual(
      entry?.state.failures.map(({ code }) => code),
      ['TTL_EXPIRATION_REVOKED'],
    );
    assert.deepEqual(entry?.state.unknown, ['TTL_EXPIRATION_REVOKE_FAILED']);
  });

  it('owes no receipt for a notice, and tells who wants to know that a customer writes', async () => {
    const heard: CustomerTyping[] = [];
    const end = engine.onCustomerTyping(event => void heard.push(event));
    engine.onCustomerTyping(() => Promise.reject(new Error('a listener’s own affair')));
    await say({ eventType: 'SUBSCRIBE', eventId: 'e1' });
    const { id } = await conversationOf({ business: 'the_agent', customer: '15551234567' });
    assert.deepEqual(await store.listReceipts(id, 10), []);
    await say({ eventType: 'IS_TYPING', eventId: 'e2', sendTime: '2026-11-21T12:00:00Z' });
    await say({ eventType: 'IS_TYPING', eventId: 'e3', agentId: 'somebody_else' });
    await sayBusiness({ sendTime: '2026-11-21T12:00:00Z', userStatus: { isTyping: false } });
    end();
    await say({ eventType: 'IS_TYPING', eventId: 'e4' });
    const at = Date.UTC(2026, 10, 21, 12);
    const one = { channel: 'google', business: 'the_agent', customer: '15551234567', at, typing: true };
    assert.deepEqual(heard, [one, { ...one, ...human, typing: false }]);
    assert.equal(await store.conversation({ channel: 'google', ...human }), undefined);
    await new Promise(setImmediate);
    assert.equal(log.lines.filter(({ message }) => message === 'A listener of typing failed').length, 3);
  });

  it('shows the customer when an agent takes the conversation, and when it goes back', async () => {
    await sayBusiness({ message: { messageId: 'm1', text: 'Hi' } });
    const { id } = await conversationOf(human);
    await engine.handOff(id);
    for (const event of ['accepted', 'opened', 'replied'] as const) await engine.reportAgent(id, event);
    await business.waitFor(() => business.events.length === 1);
    await engine.reportAgent(id, 'closed');
    await business.waitFor(() => business.events.length === 2);
    assert.deepEqual(representatives(), ['REPRESENTATIVE_JOINED', 'REPRESENTATIVE_LEFT']);
    assert.deepEqual(new Set(business.events.map(({ id: event }) => event)).size, 2);
  });

  it('hands over although the customer cannot be shown it, and shows nothing where no agent came', async () => {
    await sayBusiness({ message: { messageId: 'm1', text: 'Hi' } });
    const { id } = await conversationOf(human);
    await engine.handOff(id);
    await engine.reportHandoff(id, 'failed');
    await engine.handOff(id);
    business.strike('server');
    assert.equal((await engine.reportAgent(id, 'accepted')).holder, 'agent');
    await business.waitFor(() => business.calls.length === 1);
    await engine.reportAgent(id, 'closed');
    await business.waitFor(() => business.events.length === 1);
    assert.deepEqual(representatives(), ['REPRESENTATIVE_LEFT']);
    const warned = log.lines.filter(({ message }) => message === 'The customer was not shown the agent');
    assert.deepEqual(
      warned.map(({ fields }) => Reflect.get(fields, 'code')),
      ['http_500'],
    );
  });
});
