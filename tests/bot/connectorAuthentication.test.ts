import assert from 'node:assert/strict';
import type { Activity } from 'botbuilder';
import { restore, stub } from 'sinon';
import { type MicrosoftAppConfig, readMicrosoftApp } from '../../bot/config/microsoftApp.ts';
import { ConnectorAdapter } from '../../bot/connectorAdapter.ts';
import {
  authenticate,
  createConnectorAuthentication,
  type InboundActivity,
} from '../../bot/connectorAuthentication.ts';
import { BluetickError } from '../../middleware/errors.ts';
import {
  agentId,
  type BotFrameworkCloud,
  botId,
  channelServiceUrl,
  startBotFrameworkCloud,
  tenantId,
} from '../support/botFrameworkCloud.ts';
import { quietLog } from '../support/engineWorld.ts';

/** botbuilder sets a field that its types do not have. */
type Sent = Activity & { readonly rawTimestamp?: string };

/** The Bot Framework's own tenant, which issues the tokens of agents that are of no tenant. */
const frameworkTenant = 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/';
const anotherTenant = 'https://login.microsoftonline.com/99999999-2222-4333-8444-555555555555/v2.0';
const stranger = '00000000-0000-4000-8000-0000000000ff';

describe('the authentication of the Bot Framework’s connector', () => {
  let cloud: BotFrameworkCloud;
  let log: ReturnType<typeof quietLog>;
  before(async () => {
    // botframework-connector prints what it refuses.
    stub(console, 'error');
    cloud = await startBotFrameworkCloud();
  });
  after(async () => {
    restore();
    await cloud.close();
  });
  beforeEach(() => {
    log = quietLog();
  });

  const multiTenant = { MicrosoftAppId: botId, MicrosoftAppPassword: 'app-s3cret' };
  const singleTenant = { ...multiTenant, MicrosoftAppType: 'SingleTenant', MicrosoftAppTenantId: tenantId };
  const activity: InboundActivity = {
    type: 'message',
    channelId: 'msteams',
    serviceUrl: channelServiceUrl,
    conversation: { id: 'conversation-1' },
    deliveryMode: 'expectReplies',
    timestamp: '2026-11-22T10:00:00.000Z',
    callerId: 'urn:somebody:else',
  };

  /** Who is told by an app of these settings, and what the bot then sees; with botbuilder's own credentials. */
  async function receive(
    authorization: string,
    settings: object = {},
    over: object = {},
    allowed = [agentId],
  ) {
    const app = readMicrosoftApp({ ...multiTenant, ...settings } as never) as MicrosoftAppConfig;
    const { credentials: _ours, ...addresses } = cloud.options;
    const authentication = createConnectorAuthentication({ ...app, cloud: addresses }, allowed, log);
    const arrival = await authenticate(authentication, authorization, { ...activity, ...over });
    const seen: object[] = [];
    await new ConnectorAdapter(authentication).run(arrival, async context => {
      const { timestamp, callerId, rawTimestamp } = context.activity as Sent;
      seen.push({ timestamp, rawTimestamp, callerId });
    });
    return { isSkillCall: arrival.isSkillCall, seen };
  }

  /** How the activity is refused; the bot must not have run. */
  async function refusal(...given: Parameters<typeof receive>): Promise<BluetickError> {
    const error = await receive(...given).then(
      () => assert.fail('nothing was refused'),
      error => error,
    );
    assert.ok(error instanceof BluetickError, String(error));
    assert.doesNotMatch(error.message, /eyJ|s3cret|127\.0\.0\.1|[\da-f]{8}-/);
    return error;
  }
  const unauthorized = { code: 'unauthorized', message: 'Send a token of the Bot Framework for this bot' };
  async function assertUnauthorized(...given: Parameters<typeof receive>): Promise<void> {
    const { code, message } = await refusal(...given);
    assert.deepEqual({ code, message }, unauthorized);
  }

  describe('of a channel', () => {
    it('lets the bot run, with dates, and with a caller that is not the body’s word', async () => {
      assert.deepEqual(await receive(await cloud.channel()), {
        isSkillCall: false,
        seen: [
          {
            timestamp: new Date('2026-11-22T10:00:00.000Z'),
            rawTimestamp: '2026-11-22T10:00:00.000Z',
            callerId: 'urn:botframework:azure',
          },
        ],
      });
    });

    const now = () => Math.floor(Date.now() / 1000);
    const wrong: readonly [what: string, authorization: () => string | Promise<string>, over?: object][] = [
      ['no token', () => ''],
      ['another bot', () => cloud.channel({ audience: stranger })],
      ['another issuer', () => cloud.channel({ issuer: 'https://example.com' })],
      ['a token that is over', () => cloud.channel({ expiresAt: now() - 3600 })],
      ['a token that is not valid yet', () => cloud.channel({ notBefore: now() + 3600 })],
      ['another place to send replies to', () => cloud.channel(), { serviceUrl: 'https://example.com/' }],
      ['a channel that the key is not for', () => cloud.channel(), { channelId: 'directline' }],
      ['a key that is not the channels’', () => cloud.channel({ kid: 'key-7' })],
    ];
    for (const [what, authorization, over] of wrong) {
      it(`refuses ${what}`, async () => assertUnauthorized(await authorization(), {}, over));
    }
  });

  describe('of an agent', () => {
    for (const version of ['1.0', '2.0'] as const)
      it(`takes a token of the version ${version} of our tenant, and tells who it is`, async () => {
        const { isSkillCall, seen } = await receive(await cloud.agent(version), singleTenant);
        assert.equal(isSkillCall, true);
        assert.equal((seen[0] as Sent).callerId, `urn:botframework:aadappid:${agentId}`);
      });

    it('takes one of the Bot Framework’s tenant where we are of no tenant', async () => {
      const token = await cloud.agent('1.0', { issuer: frameworkTenant });
      assert.equal((await receive(token)).isSkillCall, true);
    });

    it('takes one of a tenant that is named, also where we are of no tenant', async () => {
      assert.equal(
        (await receive(await cloud.agent(), { MicrosoftAppTenantId: tenantId })).isSkillCall,
        true,
      );
    });

    it('takes one of a managed identity’s tenant', async () => {
      const identity = {
        MicrosoftAppType: 'UserAssignedMSI',
        MicrosoftAppPassword: undefined,
        MicrosoftAppTenantId: tenantId.toUpperCase(),
      };
      assert.equal((await receive(await cloud.agent(), identity)).isSkillCall, true);
    });

    it('forbids an agent that is not on the list, and says in the log which it was', async () => {
      for (const version of ['1.0', '2.0'] as const) {
        const claims = version === '1.0' ? { appid: stranger } : { azp: stranger };
        const { code, message } = await refusal(await cloud.agent(version, { claims }), singleTenant);
        assert.deepEqual([code, message], ['forbidden', 'This agent is not in the list of allowed callers']);
        assert.deepEqual(log.lines.at(-1)?.fields, { agent: stranger });
      }
    });

    it('forbids every agent where the list is empty', async () => {
      for (const [token, settings] of [
        [await cloud.agent(), singleTenant],
        [await cloud.agent('1.0', { issuer: frameworkTenant }), multiTenant],
      ] as const)
        assert.equal((await refusal(token, settings, {}, [])).code, 'forbidden');
    });

    const wrong: readonly [what: string, authorization: () => Promise<string>, settings?: object][] = [
      ['another tenant', () => cloud.agent('2.0', { issuer: anotherTenant })],
      ['our tenant where we know of none', () => cloud.agent(), multiTenant],
      [
        'the Bot Framework’s tenant, of which we are not',
        () => cloud.agent('1.0', { issuer: frameworkTenant }),
      ],
      ['another bot', () => cloud.agent('2.0', { audience: stranger })],
      ['another bot and us', () => cloud.agent('2.0', { audience: [botId, stranger] })],
      ['a time that is over', () => cloud.agent('2.0', { expiresAt: 1_700_000_000 })],
      ['a key that is not the tenant’s', () => cloud.agent('2.0', { kid: 'key-7' })],
      ['no version', () => cloud.agent('2.0', { claims: { ver: undefined } })],
      ['another version', () => cloud.agent('2.0', { claims: { ver: '3.0' } })],
      ['nobody', () => cloud.agent('2.0', { claims: { azp: undefined } })],
      ['somebody by the other version’s name', () => cloud.agent('1.0', { claims: { ver: '2.0' } })],
    ];
    for (const [what, authorization, settings = singleTenant] of wrong) {
      it(`refuses a token of, or for, ${what}`, async () =>
        assertUnauthorized(await authorization(), settings));
    }

    it('refuses a token that is cut, doubled or of another scheme', async () => {
      const token = await cloud.agent();
      for (const broken of [token.slice(0, -2), `${token} ${token}`, token.replace('Bearer', 'Basic')])
        await assertUnauthorized(broken, singleTenant);
    });
  });

  describe('of the Emulator', () => {
    const ours = { claims: { azp: botId } };

    it('takes a token of the bot for itself: no agent’s', async () => {
      assert.equal((await receive(await cloud.agent('2.0', ours), singleTenant, {}, [])).isSkillCall, false);
    });

    it('refuses a token that the bot has sent to somebody else with an answer', async () => {
      for (const audience of [agentId, 'https://api.botframework.com']) {
        const token = await cloud.agent('2.0', { ...ours, audience });
        for (const channelId of ['emulator', 'msteams'])
          await assertUnauthorized(token, singleTenant, { channelId });
      }
    });
  });

  describe('of keys', () => {
    // botbuilder remembers by its address what a cloud has told.
    let shared: BotFrameworkCloud;
    beforeEach(async () => {
      shared = cloud;
      cloud = await startBotFrameworkCloud();
    });
    afterEach(async () => {
      await cloud.close();
      cloud = shared;
    });

    it('does not call it the caller’s fault where they cannot be fetched', async () => {
      cloud.channels.fails = 'keys';
      cloud.tenant.fails = 'metadata';
      assert.equal((await refusal(await cloud.channel())).code, 'keys_unavailable');
      assert.equal((await refusal(await cloud.agent(), singleTenant)).code, 'keys_unavailable');
    });

    it('refuses another one by the name of theirs', async () => {
      await receive(await cloud.channel());
      await receive(await cloud.agent(), singleTenant);
      await Promise.all([cloud.channels.rotate(), cloud.tenant.rotate()]);
      await assertUnauthorized(await cloud.channel({ kid: 'key-1' }));
      await assertUnauthorized(await cloud.agent('2.0', { kid: 'key-1' }), singleTenant);
    });
  });
});
