/** A tenant of Entra ID on this machine: its metadata, its keys, and tokens that it signs. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** How a token differs from one that is right. Times are Unix seconds. */
export interface TokenOptions {
  readonly issuer?: string;
  readonly audience?: string | string[];
  readonly expiresAt?: number;
  readonly notBefore?: number;
  /** The key's name. Default: that of the tenant's present key. */
  readonly kid?: string;
  /** More claims, or others. Default: those of Event Grid's. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The tenant, listening. */
export interface EntraTenant {
  readonly tenantId: string;
  readonly audience: string;
  readonly metadataUrl: string;
  /** The issuers of tokens of the versions 1.0 and 2.0. */
  readonly issuers: { readonly v1: string; readonly v2: string };
  /** What was asked for, oldest first. */
  readonly asked: readonly ('metadata' | 'keys')[];
  /** What it fails to answer, if anything. */
  fails: 'metadata' | 'keys' | 'nothing';
  /** Signs a token as Entra ID does for Event Grid. */
  token(options?: TokenOptions): Promise<string>;
  /** Takes a new key; the old one is forgotten. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts one on a free port.
 *
 * @param tenantId its id. Default: one that the Bot Framework takes tokens of the version 1.0 from anyway
 * @param endorsements the Bot Framework's channels that its keys are for, as the keys of Entra ID do not say. Default none
 */
export async function startEntraTenant({
  tenantId = '72f988bf-86f1-41af-91ab-2d7cd011db47',
  endorsements,
}: {
  tenantId?: string;
  endorsements?: readonly string[];
} = {}): Promise<EntraTenant> {
  const audience = 'api://bluetick-webhook';
  const issuers = {
    v1: `https://sts.windows.net/${tenantId}/`,
    v2: `https://login.microsoftonline.com/${tenantId}/v2.0`,
  };
  const asked: ('metadata' | 'keys')[] = [];
  let keys = 0;
  const makeKey = async () => {
    keys += 1;
    return { kid: `key-${keys}`, ...(await generateKeyPair('RS256')) };
  };
  let key = await makeKey();

  const server = createServer(async (request, response) => {
    const what = request.url?.endsWith('/openid-configuration') ? 'metadata' : 'keys';
    asked.push(what);
    const body =
      what === 'metadata'
        ? { issuer: issuers.v2, jwks_uri: `${origin}/${tenantId}/discovery/v2.0/keys` }
        : {
            keys: [
              { ...(await exportJWK(key.publicKey)), kid: key.kid, use: 'sig', kty: 'RSA', endorsements },
            ],
          };
    response.writeHead(tenant.fails === what ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const tenant: EntraTenant = {
    tenantId,
    audience,
    metadataUrl: `${origin}/${tenantId}/v2.0/.well-known/openid-configuration`,
    issuers,
    asked,
    fails: 'nothing',
    token(options = {}) {
      const now = Math.floor(Date.now() / 1000);
      const { kid = key.kid, claims = { roles: ['AzureEventGridSecureWebhookSubscriber'], ver: '1.0' } } =
        options;
      const signing = new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
        .setIssuer(options.issuer ?? issuers.v1)
        .setAudience(options.audience ?? audience)
        .setIssuedAt(now)
        .setNotBefore(options.notBefore ?? now);
      return signing.setExpirationTime(options.expiresAt ?? now + 3600).sign(key.privateKey);
    },
    async rotate() {
      key = await makeKey();
    },
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return tenant;
}
