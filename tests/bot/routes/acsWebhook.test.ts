import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../../bot/config.ts';
import { type Host, startHost } from '../../../bot/host.ts';
import { deliver, inGridSchema, receivedEvent, validationEvent } from '../../support/acsEvents.ts';
import { type AcsStandIn, startAcsStandIn } from '../../support/acsStandIn.ts';
import { type EntraTenant, startEntraTenant, type TokenOptions } from '../../support/entraTenant.ts';

const channelId = '0f0eb78e-a576-1dfc-b414-0f0756de3338';

describe('POST /webhooks/acs, with tokens of Entra ID', function () {
  this.timeout(20_000);
  let acs: AcsStandIn;
  let tenant: EntraTenant;
  let host: Host;
  let folder: string;

  async function start(settings: Record<string, string> = {}): Promise<void> {
    const config = readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      BLUETICK_DATA: folder,
      BLUETICK_API_KEY: 'a-key-for-the-tests-0123456789',
      ACS_CONNECTION_STRING: acs.connectionString,
      ACS_CHANNEL_ID: channelId,
      ACS_WEBHOOK_TENANT_ID: tenant.tenantId,
      ACS_WEBHOOK_AUDIENCE: `of-before, ${tenant.audience}`,
      ACS_WEBHOOK_METADATA_URL: tenant.metadataUrl,
      ...settings,
    });
    host = await startHost(config, pino({ level: 'silent' }));
  }
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-entra-'));
    [acs, tenant] = await Promise.all([startAcsStandIn({ channelIds: [channelId] }), startEntraTenant()]);
  });
  afterEach(async () => {
    await host.close();
    await Promise.all([acs.close(), tenant.close()]);
    await rm(folder, { recursive: true });
  });

  const event = () => receivedEvent({ to: channelId, messageId: acs.receive() });
  /** Delivers a body; answers the status and the error's code, if there is one. */
  async function send(
    authorization: string | undefined,
    query = '',
    body: unknown = inGridSchema([event()]),
  ) {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const response = await deliver(`${host.url}/webhooks/acs${query}`, body, { headers });
    const text = await response.text();
    const answer = text === '' ? {} : JSON.parse(text);
    return { status: response.status, code: answer.error?.code, answer };
  }
  const bearer = async (options?: TokenOptions) => `Bearer ${await tenant.token(options)}`;

  it('takes a delivery that is signed in, and acts on it', async () => {
    await start();
    assert.equal((await send(await bearer())).status, 200);
    await acs.waitFor(() => acs.sent.size === 1);
  });

  it('answers the handshake to who is signed in alone', async () => {
    await start();
    const body = inGridSchema([validationEvent('the-code')]);
    const { status, answer } = await send(await bearer({ audience: 'of-before' }), '', body);
    assert.deepEqual([status, answer], [200, { validationResponse: 'the-code' }]);
    assert.equal((await send(undefined, '', body)).status, 401);
  });

  it('refuses any other with 401, whatever secret it holds', async () => {
    await start();
    const others = [
      undefined,
      'Bearer x.y.z',
      await bearer({ audience: 'of-others' }),
      await bearer({ expiresAt: Math.floor(Date.now() / 1000) - 3600 }),
    ];
    for (const other of others) {
      const { status, code } = await send(other, '?code=s');
      assert.deepEqual([status, code], [401, 'unauthorized']);
    }
  });

  it('answers 503 while the keys cannot be fetched, so that Event Grid comes again', async () => {
    await start();
    for (const what of ['metadata', 'keys'] as const) {
      tenant.fails = what;
      const { status, code } = await send(await bearer());
      assert.deepEqual([status, code], [503, 'keys_unavailable']);
    }
    tenant.fails = 'nothing';
    assert.equal((await send(await bearer())).status, 200);
  });

  it('asks for the secret too, where both are set', async () => {
    await start({ ACS_WEBHOOK_SECRET: 'the-secret-of-today' });
    assert.equal((await send(await bearer(), '?code=the-secret-of-today')).status, 200);
    assert.equal((await send(await bearer())).status, 401);
    assert.equal((await send(undefined, '?code=the-secret-of-today')).status, 401);
  });

  it('refuses a body above two megabytes, and one that is no JSON', async () => {
    await start();
    assert.equal((await send(await bearer(), '', 'x'.repeat(2 * 1024 * 1024 + 1))).status, 413);
    assert.equal((await send(await bearer(), '', '[')).code, 'invalid_request');
  });
});
