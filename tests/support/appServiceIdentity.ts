import { randomBytes, randomUUID } from 'node:crypto';
import { type Call, decodeJson, serveCalls } from './callServer.ts';

/** The managed identities of a web app, as App Service serves them to its processes. */
export interface AppServiceIdentity {
  /** What App Service puts into the environment. */
  readonly settings: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  /** The token that it gives for a resource: the same each time. */
  tokenFor(resource: string): string;
  /** What was asked for, oldest first. */
  readonly calls: readonly Call[];
  close(): Promise<void>;
}

/**
 * Starts it on a free port: learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 *
 * @param clientId of the one user-assigned identity that the web app has
 */
export async function startAppServiceIdentity(clientId: string): Promise<AppServiceIdentity> {
  const header = randomUUID();
  const tokens = new Map<string, string>();
  const tokenFor = (resource: string) => {
    const token = tokens.get(resource) ?? randomBytes(32).toString('base64url');
    tokens.set(resource, token);
    return token;
  };
  const server = await serveCalls(decodeJson, ({ method, path, headers }) => {
    const { searchParams: query } = new URL(path, 'http://localhost');
    const isRight =
      method === 'GET' &&
      headers['x-identity-header'] === header &&
      query.get('api-version') === '2019-08-01';
    const resource = query.get('resource');
    // Without its id App Service looks for an identity of the system's, which the web app does not have.
    if (!isRight || resource === null || query.get('client_id') !== clientId) return { status: 400 };
    const expires = Math.floor(Date.now() / 1000) + 24 * 60 * 60;
    return {
      status: 200,
      body: {
        access_token: tokenFor(resource),
        expires_on: String(expires),
        resource,
        token_type: 'Bearer',
        client_id: clientId,
      },
    };
  });
  return {
    settings: { IDENTITY_ENDPOINT: `${server.origin}/msi/token`, IDENTITY_HEADER: header },
    tokenFor,
    calls: server.calls,
    close: server.close,
  };
}
