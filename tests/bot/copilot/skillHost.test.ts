import assert from 'node:assert/strict';
import { restore, stub } from 'sinon';
import type { skillManifest } from '../../../bot/copilot/skill/skillManifest.ts';
import type { ApiAnswer, ApiHost } from '../../support/apiHost.ts';
import { startApiHost } from '../../support/apiHost.ts';
import {
  agentId,
  type BotFrameworkCloud,
  botId,
  startBotFrameworkCloud,
  tenantId,
} from '../../support/botFrameworkCloud.ts';
import { type Connector, startConnector } from '../../support/connector.ts';

const customer = '4915550001111';
const stranger = '00000000-0000-4000-8000-0000000000ff';

describe('the host as a skill', function () {
  this.timeout(20_000);
  let cloud: BotFrameworkCloud;
  let agent: Connector;
  let api: ApiHost;
  before(async () => {
    // botframework-connector prints what it refuses.
    stub(console, 'error');
    cloud = await startBotFrameworkCloud();
  });
  after(async () => {
    restore();
    await cloud.close();
  });
  beforeEach(async () => {
    agent = await startConnector();
  });
  afterEach(() => agent.close());

  async function start(settings: NodeJS.ProcessEnv = {}): Promise<void> {
    const all = {
      PUBLIC_URL: 'https://bluetick.example',
      MicrosoftAppType: 'SingleTenant',
      MicrosoftAppId: botId,
      MicrosoftAppPassword: 'app-s3cret',
      MicrosoftAppTenantId: tenantId,
      BLUETICK_ALLOWED_CALLERS: `${stranger.replace('f', 'e')}, ${agentId.toUpperCase()}`,
      ...settings,
    };
    api = await startApiHost(all, ({ microsoftApp, ...config }) => ({
      ...config,
      microsoftApp: microsoftApp && { ...microsoftApp, cloud: cloud.options },
    }));
  }
  async function send(over: object, authorization?: string): Promise<ApiAnswer> {
    const activity = {
      type: 'event',
      id: 'activity-1',
      channelId: 'pva-studio',
      serviceUrl: agent.url,
      conversation: { id: 'topic-1' },
      from: { id: 'agent', role: 'bot' },
      recipient: { id: 'bluetick', role: 'skill' },
      ...over,
    };
    const headers = {
      'content-type': 'application/json',
      authorization: authorization ?? (await cloud.agent()),
    };
    const answer = await fetch(`http://127.0.0.1:${api.host.port}/api/messages`, {
      method: 'POST',
      headers,
      body: JSON.stringify(activity),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  }
  /** What an action is answered with, within its own request. */
  async function call(
    name: string,
    value: object,
  ): Promise<{ code: string; value: Record<string, unknown> }> {
    const { status, body } = await send({ name, value, deliveryMode: 'expectReplies' });
    assert.deepEqual(
      [status, body.activities.length, body.activities[0].type],
      [200, 1, 'endOfConversation'],
    );
    return body.activities[0];
  }

  describe('of a single tenant', () => {
    before(() => start());
    after(() => api.close());

    it('tells what it can, without a key', async () => {
      const answer = await fetch(`http://127.0.0.1:${api.host.port}/manifest/bluetick-2.2.json`);
      assert.equal(answer.headers.get('content-type'), 'application/json');
      const [endpoint] = ((await answer.json()) as ReturnType<typeof skillManifest>).endpoints;
      assert.deepEqual(
        [endpoint?.endpointUrl, endpoint?.msAppId],
        ['https://bluetick.example/api/messages', botId],
      );
    });

    it('turns ticks blue when an agent says so, and holds them till then', async () => {
      const phone = api.simulator.phone(customer);
      await api.conversationWith(phone);
      const set = await call('SetReceiptPolicy', { customer, readWhen: 'manual' });
      assert.deepEqual([set.code, set.value.canHold], ['completedSuccessfully', true]);
      const grey = phone.say('Is my bicycle ready?');
      await api.simulator.idle();
      const held = await call('GetConversation', { customer });
      assert.deepEqual([held.value.outcome, grey.readAt], ['held', undefined]);
      const { value } = await call('MarkRead', { customer });
      assert.deepEqual([value.messageId, value.count], [grey.id, 1]);
      await phone.waitFor(({ messages }) =>
        messages.some(({ id, readAt }) => id === grey.id && readAt !== undefined),
      );
    });

    it('answers at the agent’s connector, with a token for that agent', async () => {
      for (const version of ['1.0', '2.0'] as const) {
        const event = { name: 'GetConversation', value: { customer: '4915559999999' } };
        const { status, body } = await send(event, await cloud.agent(version));
        assert.deepEqual([status, body], [200, undefined]);
      }
      for (const { path, authorization, activity } of await agent.waitFor(2)) {
        assert.equal(path, '/v3/conversations/topic-1/activities/activity-1');
        assert.equal(authorization, `Bearer for ${agentId}`);
        assert.deepEqual([activity.type, activity.code], ['endOfConversation', 'unknown_message']);
        assert.equal((activity.value as { errorCode: string }).errorCode, 'unknown_message');
        assert.deepEqual(activity.recipient, { id: 'agent', role: 'bot' });
      }
    });

    it('takes the ping of an import, and answers nothing', async () => {
      for (const ping of [
        { type: 'endOfConversation', name: 'PVASkillImport' },
        { type: 'endOfConversation' },
        { type: 'message', text: 'PVASkillImport' },
        { type: 'conversationUpdate', membersAdded: [{ id: 'somebody' }, { id: 'bluetick' }] },
      ])
        assert.deepEqual(await send(ping), { status: 200, body: undefined }, JSON.stringify(ping));
      assert.deepEqual(agent.received, []);
      assert.equal((await send({ type: 'invoke', name: 'MarkRead' })).status, 501);
    });

    it('ends the call of an agent that writes a message: the bot’s dialog never hears it', async () => {
      const conversations = async () => (await api.host.app.store.listConversations({ limit: 10 })).items;
      const before = await conversations();
      const whatsApp = {
        type: 'message',
        text: 'hello',
        channelData: { messageId: 'wamid.1', from: customer },
      };
      await send(whatsApp);
      const ends = (await agent.waitFor(1)).map(({ activity }) => [activity.type, activity.code]);
      assert.deepEqual(ends, [['endOfConversation', 'unsupported']]);
      assert.equal((await conversations()).length, before.length);
    });

    it('is not the bot’s: a channel’s message is answered by the dialog still', async () => {
      const token = await cloud.channel({ claims: { serviceurl: agent.url } });
      const hello = { type: 'message', text: 'hello', channelId: 'msteams' };
      assert.equal((await send(hello, token)).status, 200);
      assert.match(String((await agent.waitFor(1))[0]?.activity.text), /^Hello!/);
      // An action in a channel's name is nobody's.
      await send({ name: 'GetConversation', value: { customer }, channelId: 'msteams' }, token);
      assert.equal(agent.received.length, 1);
    });

    it('answers 403 to an agent that is not on the list, and does nothing', async () => {
      for (const version of ['1.0', '2.0'] as const) {
        const claims = version === '1.0' ? { appid: stranger } : { azp: stranger };
        for (const over of [{}, { deliveryMode: 'expectReplies' }, { type: 'endOfConversation' }]) {
          const token = await cloud.agent(version, { claims });
          const { status, body } = await send({ name: 'MarkRead', value: { customer }, ...over }, token);
          assert.deepEqual([status, body.error.code], [403, 'forbidden']);
        }
      }
      assert.deepEqual(agent.received, []);
    });

    it('answers 401, in the same words, to whoever proves nothing', async () => {
      const answers = new Set<string>();
      for (const token of [
        '',
        'Bearer',
        'Bearer garbage',
        await cloud.agent('2.0', { audience: stranger }),
        await cloud.agent('2.0', { issuer: 'https://login.microsoftonline.com/common/v2.0' }),
        await cloud.agent('1.0', { expiresAt: 1_700_000_000 }),
        await cloud.agent('2.0', { claims: { azp: botId }, audience: agentId }),
        await cloud.agent('2.0', { kid: 'key-7' }),
      ])
        for (const over of [{}, { type: 'endOfConversation' }, { channelId: 'emulator' }]) {
          const { status, body } = await send({ name: 'MarkRead', value: { customer }, ...over }, token);
          assert.equal(status, 401, token);
          answers.add(JSON.stringify(body));
        }
      assert.equal(answers.size, 1);
      assert.deepEqual(agent.received, []);
    });

    it('sends no answer where a token of ours must not go, and does nothing before', async () => {
      const other = '4915550001112';
      await api.conversationWith(api.simulator.phone(other));
      const serviceUrl = 'http://agent.example.com/';
      const { status, body } = await send({
        serviceUrl,
        name: 'SetReceiptPolicy',
        value: { customer: other, readWhen: 'never' },
      });
      assert.deepEqual([status, body.error.code, body.error.field], [400, 'invalid_request', 'serviceUrl']);
      const { value } = await call('ExplainPolicy', { customer: other });
      assert.equal(value.readWhen, 'accepted');
    });

    it('answers 502 where the agent does not take the answer, and apologises to nobody', async () => {
      agent.status = 403;
      const { status, body } = await send({ name: 'GetConversation', value: { customer } });
      assert.deepEqual([status, body.error.code], [502, 'provider_error']);
      agent.status = 200;
      await call('GetConversation', { customer });
      assert.deepEqual(agent.received, []);
    });
  });

  describe('of other settings', () => {
    afterEach(() => api.close());

    it('lets no agent in where the list is empty', async () => {
      await start({ BLUETICK_ALLOWED_CALLERS: '' });
      for (const type of ['event', 'endOfConversation'])
        assert.equal((await send({ type, name: 'MarkRead', value: { customer } })).status, 403);
    });

    it('serves agents in a sidecar too, none too often, and no channel there', async () => {
      await start({ BLUETICK_MODE: 'sidecar', BLUETICK_REQUESTS_PER_SECOND: '1' });
      assert.equal((await call('GetConversation', { customer })).code, 'unknown_message');
      // And none too often; channels are not counted.
      let refused: ApiAnswer | undefined;
      for (let calls = 0; refused?.status !== 429 && calls < 20; calls += 1)
        refused = await send({ name: 'GetConversation', value: { customer } });
      assert.deepEqual([refused?.status, refused?.body.error.code], [429, 'rate_limited']);
      const token = await cloud.channel({ claims: { serviceurl: agent.url } });
      const { status, body } = await send({ type: 'message', text: 'hello', channelId: 'msteams' }, token);
      assert.deepEqual([status, body.error.code], [403, 'forbidden']);
    });

    it('is not there in a sidecar that no agent may call', async () => {
      await start({ BLUETICK_MODE: 'sidecar', BLUETICK_ALLOWED_CALLERS: '' });
      assert.equal((await send({ name: 'MarkRead' })).status, 404);
    });

    it('answers 503 where nobody can tell now, so that a genuine call comes again', async () => {
      // botbuilder remembers by its address what a cloud has told.
      const shared = cloud;
      cloud = await startBotFrameworkCloud();
      cloud.tenant.fails = 'metadata';
      try {
        await start();
        const { status, body } = await send({ name: 'MarkRead', value: { customer } });
        assert.deepEqual([status, body.error.code], [503, 'keys_unavailable']);
      } finally {
        await cloud.close();
        cloud = shared;
      }
    });
  });
});
