import './sources.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuthConfiguration, AuthType, clearJwksClients } from '@microsoft/agents-hosting';
import { createSimulator, type Simulator } from '../../bot/simulator/simulator.ts';
import { type Connector, startConnector } from '../support/connector.ts';
import { customer } from '../support/engineWorld.ts';
import { type EntraTenant, startEntraTenant } from '../support/entraTenant.ts';
import { business, relayedMessage } from '../support/relayedMessage.ts';

const clientId = '00000000-0000-0000-0000-000000000001';

describe('examples/agents-sdk', function () {
  this.timeout(20_000);
  let ends: AsyncDisposableStack;
  let simulator: Simulator;
  let connector: Connector;
  let tenant: EntraTenant;
  let folder: string;
  let url: string;
  beforeEach(async () => {
    ends = new AsyncDisposableStack();
    folder = await mkdtemp(join(tmpdir(), 'bluetick-agents-sdk-'));
    ends.defer(() => rm(folder, { recursive: true }));
    connector = await startConnector();
    ends.defer(() => connector.close());
    tenant = await startEntraTenant();
    ends.defer(() => tenant.close());
    simulator = await createSimulator({
      accessToken: 'token',
      appSecret: 'secret',
      verifyToken: 'verify',
      phoneNumberIds: [business],
    });
    ends.defer(() => simulator.close());
  });
  afterEach(() => ends.disposeAsync());

  const begin = async (auth: AuthConfiguration) => {
    const path = join(folder, 'bluetick.sqlite');
    const { createAgent } = await import('../../examples/agents-sdk/agent.ts');
    const agent = await createAgent({ auth, meta: simulator.channelOptions, path });
    ends.defer(() => agent.close());
    const server = agent.app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.defer(async () => {
      server.close();
      server.closeAllConnections();
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`;
  };

  /** The bot as its tenant knows it, with the sidecar that gets it tokens: of the SDK's ways the one without TLS. */
  const registered = async (): Promise<AuthConfiguration> => {
    const sidecar = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ authorizationHeader: 'Bearer of-the-bot' }));
    });
    sidecar.listen(0, '127.0.0.1');
    await once(sidecar, 'listening');
    ends.defer(() => {
      sidecar.close();
      sidecar.closeAllConnections();
    });
    // The SDK keeps keys by address for as long as the process lives.
    clearJwksClients();
    return {
      clientId,
      tenantId: tenant.tenantId,
      authority: new URL(tenant.metadataUrl).origin,
      authType: AuthType.EntraAuthSideCar,
      sidecarBaseUrl: `http://127.0.0.1:${(sidecar.address() as AddressInfo).port}`,
    };
  };

  const post = (authorization?: string) => {
    const { id } = simulator.phone(customer).say('Hello');
    return fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: JSON.stringify(relayedMessage(id, connector.url)),
    });
  };
  const isRead = () => simulator.waitFor(() => simulator.phone(customer).messages[0]?.tick === 'read');

  it('lets nobody in who does not prove who they are, and runs no bot for them', async () => {
    await begin(await registered());
    const stranger = await tenant.token({ audience: 'another-bot', claims: { tid: tenant.tenantId } });
    for (const authorization of [undefined, 'Bearer nonsense', 'Basic abc', `Bearer ${stranger}`])
      assert.equal((await post(authorization)).status, 401, authorization?.slice(0, 8));
    assert.deepEqual([connector.received, simulator.calls], [[], []]);
  });

  it('answers who has a token for the bot, and the phone shows the message read', async () => {
    await begin(await registered());
    const token = await tenant.token({ audience: clientId, claims: { tid: tenant.tenantId } });
    assert.equal((await post(`Bearer ${token}`)).status, 200);
    const [reply] = await connector.waitFor(1, 'message');
    assert.deepEqual([reply?.activity.text, reply?.authorization], ['You said: Hello', 'Bearer of-the-bot']);
    await isRead();
  });

  it('answers everybody on this machine where it has no client id', async () => {
    await begin({});
    assert.equal((await post()).status, 200);
    const [reply] = await connector.waitFor(1, 'message');
    assert.equal(reply?.activity.text, 'You said: Hello');
    await isRead();
  });
});
