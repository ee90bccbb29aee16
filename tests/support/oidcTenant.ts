/** A tenant of Entra ID that people sign in at: a real OpenID provider (`oidc-provider`) on this machine. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { serveHttp } from './standIn.ts';

/** Somebody of the tenant, by the claims of their ID token. */
export interface Person {
  readonly name?: string;
  readonly preferred_username?: string;
  readonly roles?: readonly string[];
  /** Default: the tenant's. */
  readonly tid?: string;
}

/** The tenant, listening. */
export interface OidcTenant {
  readonly tenantId: string;
  readonly authority: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who signs in next. */
  person: Person;
  /** Whether it answers nothing but 503. */
  isDown: boolean;
  /** How often its metadata was asked for. */
  readonly asked: number;
  /** Registers where it may bring people back to; before that it knows no client. */
  register(redirectUri: string): void;
  close(): Promise<void>;
}

const scope = 'openid profile';

/** Starts one on a free port. */
export async function startOidcTenant(): Promise<OidcTenant> {
  // It has no types (9.13).
  const { default: Provider } = await import('oidc-provider' as string);
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'key-1', use: 'sig', alg: 'RS256' };
  // Two steps: restify's `writeHead`, where it is loaded, answers nothing.
  const refuse = (response: ServerResponse) => {
    response.writeHead(503);
    response.end();
  };
  let serve = (_request: IncomingMessage, response: ServerResponse) => refuse(response);
  let asked = 0;
  const { origin, close } = await serveHttp((request, response) => {
    if (request.url?.startsWith('/.well-known/')) asked += 1;
    if (tenant.isDown) refuse(response);
    else serve(request, response);
  });
  const tenant: OidcTenant = {
    tenantId: '72f988bf-86f1-41af-91ab-2d7cd011db47',
    authority: origin,
    clientId: 'the-console',
    clientSecret: 'the-secret-of-the-console-0123456789',
    person: {},
    isDown: false,
    get asked() {
      return asked;
    },
    register(redirectUri) {
      const provider = new Provider(origin, {
        adapter: Kept,
        jwks: { keys: [jwk] },
        cookies: { keys: ['a-key-of-the-provider'] },
        clients: [
          {
            client_id: tenant.clientId,
            client_secret: tenant.clientSecret,
            redirect_uris: [redirectUri],
            token_endpoint_auth_method: 'client_secret_post',
          },
        ],
        pkce: { required: () => true },
        ttl: {
          AccessToken: 600,
          AuthorizationCode: 60,
          Grant: 600,
          IdToken: 600,
          Interaction: 600,
          Session: 600,
        },
        // As Entra ID does: what is known of a person stands in the ID token.
        conformIdTokenClaims: false,
        claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'roles', 'tid'] },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
        findAccount: (_context: unknown, accountId: string) => ({
          accountId,
          claims: () => ({ sub: accountId, tid: tenant.tenantId, ...tenant.person }),
        }),
        async loadExistingGrant({
          oidc,
        }: {
          oidc: { client: { clientId: string }; session: { accountId: string } };
        }) {
          const grant = new provider.Grant({
            clientId: oidc.client.clientId,
            accountId: oidc.session.accountId,
          });
          grant.addOIDCScope(scope);
          await grant.save();
          return grant;
        },
      });
      const answer = provider.callback();
      serve = (request, response) => {
        // Whoever is asked to sign in does so at once.
        if (request.url?.startsWith('/interaction/'))
          provider.interactionFinished(request, response, { login: { accountId: 'person-1' } });
        else answer(request, response);
      };
    },
    close,
  };
  return tenant;
}

/** What the provider keeps, in memory: its own memory says at every start that it is none for production. */
class Kept {
  readonly #items = new Map<string, Record<string, unknown>>();

  async upsert(id: string, item: Record<string, unknown>): Promise<void> {
    this.#items.set(id, item);
  }

  async find(id: string) {
    return this.#items.get(id);
  }

  async findByUid(uid: string) {
    return [...this.#items.values()].find(item => item.uid === uid);
  }

  async consume(id: string): Promise<void> {
    this.#items.set(id, { ...this.#items.get(id), consumed: Math.floor(Date.now() / 1000) });
  }

  async destroy(id: string): Promise<void> {
    this.#items.delete(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, item] of this.#items) if (item.grantId === grantId) this.#items.delete(id);
  }
}
