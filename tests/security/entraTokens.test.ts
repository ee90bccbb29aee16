import assert from 'node:assert/strict';
import { type EntraTenant, startEntraTenant, type TokenOptions } from '../support/entraTenant.ts';
import { mcpClient } from '../support/mcpClient.ts';
import { readStream } from '../support/streamClient.ts';
import { type AttackedHost, startAttackedHost } from './attackedHost.ts';

describe('access tokens of Entra ID', () => {
  let tenant: EntraTenant;
  let attacked: AttackedHost;
  before(async () => {
    tenant = await startEntraTenant();
    attacked = await startAttackedHost({
      BLUETICK_ENTRA_TENANT_ID: tenant.tenantId,
      BLUETICK_ENTRA_AUDIENCE: tenant.audience,
      BLUETICK_ENTRA_AUTHORITY: tenant.metadataUrl.replace('/.well-known/openid-configuration', ''),
    });
  });
  after(async () => {
    await attacked.close();
    await tenant.close();
  });

  const supervisor = { tid: '', roles: ['Bluetick.Supervisor'], name: 'Grace' };
  async function headersWith(claims: object = {}, options: TokenOptions = {}) {
    const token = await tenant.token({
      ...options,
      claims: { ...supervisor, tid: tenant.tenantId, ...claims },
    });
    return { authorization: `Bearer ${token}` };
  }
  async function statusOf(path: string, headers: Record<string, string>): Promise<number> {
    return (await attacked.ask({ path: `/api/v1${path}`, headers })).status;
  }

  it('open what their role opens, under both of the tenant’s names', async () => {
    for (const issuer of [tenant.issuers.v1, tenant.issuers.v2]) {
      const headers = await headersWith({}, { issuer });
      assert.equal(await statusOf('/failures', headers), 200);
      assert.equal(await statusOf('/orphans', headers), 403);
    }
  });

  it('say who asks', async () => {
    const { text } = await attacked.ask({ path: '/api/v1/session', headers: await headersWith() });
    const { expiresAt, ...who } = JSON.parse(text);
    assert.deepEqual(who, { role: 'supervisor', via: 'token', agent: 'Grace' });
    assert.ok(Date.parse(expiresAt) > Date.now());
  });

  it('open the live stream', async () => {
    const { socket } = await readStream(attacked.host.url, { headers: await headersWith() });
    socket.terminate();
  });

  it('open the tools of the Model Context Protocol, as far as their role goes', async () => {
    const client = await mcpClient(attacked.host.url, await headersWith({ roles: ['Bluetick.Agent'] }));
    const { tools } = await client.listTools();
    assert.ok(tools.some(({ name }) => name === 'MarkRead'));
    const given = { customer: '4915550001111', readWhen: 'never' };
    const { isError, content } = await client.callTool({ name: 'SetReceiptPolicy', arguments: given });
    assert.equal(isError, true);
    assert.match(JSON.stringify(content), /forbidden/);
    await client.close();
    await assert.rejects(mcpClient(attacked.host.url, await headersWith({ roles: [] })), /forbidden/);
  });

  it('open nothing without a role, or of another tenant', async () => {
    for (const claims of [
      { roles: [] },
      { roles: 'Bluetick.Administrator' },
      { tid: 'another' },
      { tid: undefined },
    ])
      assert.equal(await statusOf('/conversations', await headersWith(claims)), 403, JSON.stringify(claims));
  });

  it('open nothing for another audience or issuer, or when they are over', async () => {
    const past = Math.floor(Date.now() / 1000) - 3600;
    for (const options of [
      { audience: 'api://another' },
      { issuer: 'https://evil.example' },
      { expiresAt: past },
    ])
      assert.equal(await statusOf('/conversations', await headersWith({}, options)), 401);
  });

  it('are taken nowhere where no audience is set', async () => {
    const other = await startAttackedHost({});
    try {
      const { status } = await other.ask({ path: '/api/v1/conversations', headers: await headersWith() });
      assert.equal(status, 401);
    } finally {
      await other.close();
    }
  });

  it('have no place in the log', async () => {
    const headers = await headersWith();
    await statusOf('/failures', headers);
    assert.ok(!attacked.logged().includes(String(headers.authorization.split('.')[2])));
    assert.ok(!attacked.logged().includes('Grace'));
  });
});
