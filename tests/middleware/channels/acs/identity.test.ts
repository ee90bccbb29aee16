import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { createAcsChannel } from '../../../../middleware/channels/acs/acsChannel.ts';
import type { TokenSource } from '../../../../middleware/channels/acs/options.ts';
import { ProviderError } from '../../../../middleware/errors.ts';
import { type AcsStandIn, startAcsStandIn } from '../../../support/acsStandIn.ts';
import { environment } from '../../../support/hostProcess.ts';
import { serveHttp } from '../../../support/standIn.ts';

const business = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const token = 'the-token-of-the-identity';
const root = new URL('../../../../', import.meta.url).pathname;

const send = async (endpoint: string, credential: TokenSource, signal = AbortSignal.timeout(5000)) => {
  const channel = createAcsChannel({
    endpoint,
    credential,
    channelIds: [business],
    webhookSecrets: ['s'],
    timeoutMs: 500,
  });
  const address = { channel: 'acs', business, customer: '14255551234' } as const;
  const correlation = 'c0ffee00-0000-4000-8000-000000000001';
  try {
    return await channel.send({ ...address, content: { type: 'text', text: 'hi' }, correlation }, signal);
  } finally {
    await channel.close();
  }
};
const faultOf = async (call: Promise<unknown>): Promise<ProviderError> => {
  const error = await call.then(
    () => assert.fail('the call succeeded'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ProviderError, String(error));
  return error;
};

describe('the identity that ACS is called in the name of', function () {
  this.timeout(20_000);
  let acs: AcsStandIn;
  beforeEach(async () => {
    acs = await startAcsStandIn({ channelIds: [business], token });
  });
  afterEach(() => acs.close());

  it('is asked for a token for ACS, which goes out with each call', async () => {
    const asked: unknown[] = [];
    const credential: TokenSource = {
      async getToken(scopes) {
        asked.push(scopes);
        return { token };
      },
    };
    const { providerId } = await send(acs.origin, credential);
    assert.ok(acs.sent.has(providerId));
    assert.deepEqual(asked, ['https://communication.azure.com/.default']);
    assert.equal(acs.calls[0]?.headers.authorization, `Bearer ${token}`);
  });

  it('may be refused: that is `auth`', async () => {
    const fault = await faultOf(send(acs.origin, { getToken: async () => ({ token: 'expired' }) }));
    assert.deepEqual([fault.fault, fault.providerCode], ['auth', 'Denied']);
  });

  it('may have no token: that is `auth`, no call, and nothing of why', async () => {
    const sources: TokenSource[] = [
      { getToken: async () => null },
      { getToken: () => Promise.reject(new Error(`tenant-secret ${token}`)) },
    ];
    for (const source of sources) {
      const fault = await faultOf(send(acs.origin, source));
      assert.deepEqual([fault.fault, fault.providerCode, fault.ambiguous], ['auth', 'no_token', false]);
      assert.doesNotMatch(`${fault.message} ${fault.stack} ${String(fault.cause)}`, /secret|the-token/);
    }
    assert.equal(acs.calls.length, 0);
  });

  it('may never answer: the call ends in time, or when it is given up', async () => {
    const never: TokenSource = { getToken: () => new Promise(() => {}) };
    assert.equal((await faultOf(send(acs.origin, never))).providerCode, 'timeout');
    const stop = new AbortController();
    const asked = new EventTarget();
    const source: TokenSource = {
      getToken() {
        asked.dispatchEvent(new Event('asked'));
        return new Promise(() => {});
      },
    };
    const called = once(asked, 'asked');
    const fault = faultOf(send(acs.origin, source, stop.signal));
    await called;
    stop.abort();
    assert.equal((await fault).providerCode, 'aborted');
    assert.equal(acs.calls.length, 0);
  });

  it('is the managed identity of the host, by Azure’s own library, where none is given', async () => {
    // App Service's endpoint for managed identities, as the library asks it.
    const asked: string[] = [];
    const identity = await serveHttp((request, response) => {
      asked.push(`${request.headers['x-identity-header']} ${request.url}`);
      const answer = { access_token: token, expires_on: String(Math.floor(Date.now() / 1000) + 3600) };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ ...answer, resource: 'https://communication.azure.com', token_type: 'Bearer' }),
      );
    });
    const script = `
      import { createAcsChannel } from './middleware/channels/acs/acsChannel.ts';
      const channel = createAcsChannel({
        endpoint: '${acs.origin}', channelIds: ['${business}'], webhookSecrets: ['s'],
      });
      const address = { channel: 'acs', business: '${business}', customer: '14255551234' };
      const content = { type: 'text', text: 'hi' };
      const correlation = 'c0ffee00-0000-4000-8000-000000000001';
      await channel.send({ ...address, content, correlation }, AbortSignal.timeout(10_000));
      await channel.close();
    `;
    const env = environment({
      IDENTITY_ENDPOINT: `${identity.origin}/msi/token`,
      IDENTITY_HEADER: 'of-the-host',
    });
    const run = promisify(execFile);
    await run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: root,
      env,
      timeout: 15_000,
    });
    await identity.close();
    assert.equal(acs.sent.size, 1);
    assert.match(asked[0] ?? '', /^of-the-host \/msi\/token\?.*communication\.azure\.com/);
  });
});
