import assert from 'node:assert/strict';
import { SignJWT, UnsecuredJWT } from 'jose';
import sinon from 'sinon';
import { createEntraTokenCheck } from '../../../middleware/channels/entraToken.ts';
import { type EntraTenant, startEntraTenant, type TokenOptions } from '../../support/entraTenant.ts';
import { nobody, serveHttp } from '../../support/standIn.ts';

const seconds = () => Math.floor(Date.now() / 1000);
const clock = { now: () => Date.now() };

describe('the check of an Entra ID token', () => {
  let tenant: EntraTenant;
  beforeEach(async () => {
    tenant = await startEntraTenant();
  });
  afterEach(() => tenant.close());

  const checkOf = (metadataUrl = tenant.metadataUrl, timeoutMs = 2000) =>
    createEntraTokenCheck(
      { tenantId: tenant.tenantId, audiences: [tenant.audience, 'another-id'], metadataUrl },
      { timeoutMs, clock },
    );
  const bearer = async (options?: TokenOptions) => `Bearer ${await tenant.token(options)}`;
  const refuses = async (header: string | string[] | undefined, check = checkOf()) =>
    assert.rejects(check(header), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'unauthorized');
      assert.equal(error.message, 'The token is missing or not valid here');
      assert.equal(error.cause, undefined);
      return true;
    });

  const unavailable = (error: Error & { code?: string }) => error.code === 'keys_unavailable';

  it('lets those of both versions pass, for each audience', async () => {
    const check = checkOf();
    await check(await bearer());
    await check(await bearer({ issuer: tenant.issuers.v2, audience: 'another-id' }));
    await check(await bearer({ audience: ['of-others', tenant.audience] }));
    assert.deepEqual(tenant.asked, ['metadata', 'keys']);
  });

  it('lets our clocks be apart by less than five minutes', async () => {
    await checkOf()(await bearer({ expiresAt: seconds() - 200, notBefore: seconds() + 200 }));
  });

  const wrong: [what: string, options: () => TokenOptions][] = [
    ['another audience', () => ({ audience: 'api://of-others' })],
    ['another tenant', () => ({ issuer: 'https://sts.windows.net/11111111-1111-1111-1111-111111111111/' })],
    ['an issuer that is like it', () => ({ issuer: `${tenant.issuers.v2}/` })],
    ['the past', () => ({ expiresAt: seconds() - 400 })],
    ['the future', () => ({ notBefore: seconds() + 400 })],
    ['a key that nobody has', () => ({ kid: 'key-9' })],
  ];
  for (const [what, options] of wrong) {
    it(`refuses one of ${what}`, async () => refuses(await bearer(options())));
  }

  it('refuses one that is not signed, signed by others, changed, or without an end', async () => {
    const claims = { iss: tenant.issuers.v1, aud: tenant.audience };
    await refuses(`Bearer ${new UnsecuredJWT(claims).setExpirationTime('1h').encode()}`);
    // The old confusion: the public key taken for a shared secret.
    const shared = new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .setExpirationTime('1h');
    await refuses(`Bearer ${await shared.sign(Buffer.from('key-1'.repeat(8)))}`);
    const other = await startEntraTenant();
    await refuses(`Bearer ${await other.token()}`);
    await other.close();
    const [head, payload, signature] = (await tenant.token()).split('.');
    const { exp, ...endless } = JSON.parse(Buffer.from(String(payload), 'base64url').toString());
    assert.ok(exp > 0);
    const changed = Buffer.from(JSON.stringify(endless)).toString('base64url');
    await refuses(`Bearer ${head}.${changed}.${signature}`);
    await refuses(`Bearer ${head}.${payload}.`);
  });

  it('refuses what is no token, without asking anybody for keys', async () => {
    const good = await bearer();
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      good.slice(7),
      `Basic ${good.slice(7)}`,
      `${good} x`,
    ]) {
      await refuses(header);
    }
    await refuses([good, good]);
    assert.deepEqual(tenant.asked, []);
  });

  it('asks again for keys that are new, at most every half minute', async () => {
    const time = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const check = checkOf();
      await check(await bearer());
      await tenant.rotate();
      // It may be genuine, and a 401 is not repeated.
      await assert.rejects(check(await bearer()), unavailable);
      assert.deepEqual(tenant.asked, ['metadata', 'keys']);
      time.tick(31_000);
      await check(await bearer());
      await check(await bearer());
      assert.deepEqual(tenant.asked, ['metadata', 'keys', 'keys']);
      time.tick(31_000);
      await refuses(await bearer({ kid: 'key-9' }), check);
      assert.deepEqual(tenant.asked, ['metadata', 'keys', 'keys', 'keys']);
    } finally {
      time.restore();
    }
  });

  describe('where keys cannot be had', () => {
    for (const what of ['metadata', 'keys'] as const) {
      it(`says so, and recovers: ${what} are not answered`, async () => {
        const check = checkOf();
        tenant.fails = what;
        await assert.rejects(check(await bearer()), unavailable);
        tenant.fails = 'nothing';
        await check(await bearer());
      });
    }
    it('says so: nobody is there', async () => {
      await assert.rejects(checkOf(`${await nobody()}/x`)(await bearer()), unavailable);
    });
    it('says so in time: nobody answers', async () => {
      const silent = await serveHttp(() => {});
      await assert.rejects(checkOf(`${silent.origin}/x`, 100)(await bearer()), unavailable);
      await silent.close();
    });
    const documents: [what: string, body: (origin: string) => unknown][] = [
      ['no JSON', () => '<html>'],
      ['no issuer', origin => ({ jwks_uri: `${origin}/keys` })],
      ['no address of keys', () => ({ issuer: 'i' })],
      ['keys over plain http', () => ({ issuer: 'i', jwks_uri: 'http://keys.example.com/' })],
    ];
    for (const [what, body] of documents) {
      it(`says so: the metadata hold ${what}`, async () => {
        const server = await serveHttp((_request, response) =>
          response.end(JSON.stringify(body(server.origin))),
        );
        await assert.rejects(checkOf(`${server.origin}/x`)(await bearer()), unavailable);
        await server.close();
      });
    }
    it('says so: the metadata lie elsewhere', async () => {
      const server = await serveHttp((_request, response) => {
        response.writeHead(302, { location: tenant.metadataUrl });
        response.end();
      });
      await assert.rejects(checkOf(`${server.origin}/x`)(await bearer()), unavailable);
      await server.close();
      assert.deepEqual(tenant.asked, []);
    });
  });
});
