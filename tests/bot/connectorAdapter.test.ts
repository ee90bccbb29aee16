import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Activity, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { restore, stub } from 'sinon';
import { ConnectorAdapter, type InboundActivity } from '../../bot/connectorAdapter.ts';
import { BluetickError } from '../../middleware/errors.ts';

const appId = '00000000-0000-0000-0000-000000000001';
const issuer = 'https://channels.example.com';
const serviceUrl = 'https://smba.example.com/';
const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const others = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** botbuilder sets a field that its types do not have. */
type Sent = Activity & { readonly rawTimestamp?: string };

/** A channel's token, as Azure Bot Service makes them. */
function token(over: object = {}, key = ours.privateKey): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: appId, serviceurl: serviceUrl, iat: now, nbf: now, exp: now + 600 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })}.${part({ ...claims, ...over })}`;
  return `Bearer ${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

describe('the adapter of the Bot Framework’s connector', () => {
  let keys: Server;
  let keysStatus: number;
  let adapter: ConnectorAdapter;
  // botframework-connector prints what it refuses.
  before(() => stub(console, 'error'));
  after(() => restore());
  beforeEach(async () => {
    keysStatus = 200;
    keys = createServer((request, response) => {
      const jwk = { ...ours.publicKey.export({ format: 'jwk' }), kid: 'key-1', endorsements: ['msteams'] };
      const body = request.url === '/keys' ? { keys: [jwk] } : { jwks_uri: `${address()}/keys` };
      response.writeHead(keysStatus, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    keys.listen(0, '127.0.0.1');
    await once(keys, 'listening');
    adapter = new ConnectorAdapter(
      new ConfigurationBotFrameworkAuthentication({
        MicrosoftAppId: appId,
        MicrosoftAppPassword: 'app-s3cret',
        // A cloud of our own: where one of these is set, all must be.
        ToChannelFromBotLoginUrl: `${address()}/login`,
        ToChannelFromBotOAuthScope: 'https://api.example.com',
        ToBotFromChannelTokenIssuer: issuer,
        OAuthUrl: `${address()}/oauth`,
        ToBotFromChannelOpenIdMetadataUrl: `${address()}/openid`,
        ToBotFromEmulatorOpenIdMetadataUrl: `${address()}/openid`,
        CallerId: 'urn:botframework:azure',
      }),
    );
  });
  afterEach(async () => {
    keys.close();
    keys.closeAllConnections();
    await once(keys, 'close');
  });
  const address = () => `http://127.0.0.1:${(keys.address() as AddressInfo).port}`;

  const activity: InboundActivity = {
    type: 'message',
    channelId: 'msteams',
    serviceUrl,
    conversation: { id: 'conversation-1' },
    deliveryMode: 'expectReplies',
    timestamp: '2026-11-22T10:00:00.000Z',
    callerId: 'urn:somebody:else',
  };

  /** Sends the activity; answers what the bot saw of it. */
  async function receive(authorization: string, over: object = {}) {
    const seen: object[] = [];
    await adapter.receive(authorization, { ...activity, ...over }, async context => {
      const { timestamp, callerId, rawTimestamp } = context.activity as Sent;
      seen.push({ timestamp, rawTimestamp, callerId });
    });
    return seen;
  }

  /** The code that the activity is refused with; the bot must not have run. */
  async function refusal(authorization: string, over: object = {}): Promise<string> {
    try {
      await receive(authorization, over);
    } catch (error) {
      assert.ok(error instanceof BluetickError);
      assert.doesNotMatch(error.message, /eyJ|s3cret|127\.0\.0\.1/);
      return error.code;
    }
    throw new assert.AssertionError({ message: 'nothing was refused' });
  }

  it('runs the bot for a token of the channel, with dates, and with a caller that is not the body’s word', async () => {
    assert.deepEqual(await receive(token()), [
      {
        timestamp: new Date('2026-11-22T10:00:00.000Z'),
        rawTimestamp: '2026-11-22T10:00:00.000Z',
        callerId: 'urn:botframework:azure',
      },
    ]);
  });

  const now = () => Math.floor(Date.now() / 1000);
  const wrong: readonly [what: string, authorization: () => string, over?: object][] = [
    ['no token', () => ''],
    ['another key', () => token({}, others.privateKey)],
    ['another bot', () => token({ aud: '00000000-0000-0000-0000-000000000002' })],
    ['another issuer', () => token({ iss: 'https://example.com' })],
    ['a token that is over', () => token({ exp: now() - 3600 })],
    ['a token that is not valid yet', () => token({ nbf: now() + 3600 })],
    ['another place to send replies to', () => token(), { serviceUrl: 'https://example.com/' }],
    ['a channel that the key is not for', () => token(), { channelId: 'directline' }],
    ['a skill’s caller', () => token({ ver: '1.0', appid: '00000000-0000-0000-0000-000000000003' })],
  ];
  for (const [what, authorization, over] of wrong) {
    it(`refuses ${what}`, async () => assert.equal(await refusal(authorization(), over), 'unauthorized'));
  }

  it('does not call it the caller’s fault where the keys cannot be fetched', async () => {
    keysStatus = 503;
    assert.equal(await refusal(token()), 'keys_unavailable');
  });
});
