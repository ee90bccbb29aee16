/**
 * An Azure Key Vault on this machine, as its REST API is documented: "Get Secrets" and "Get Secret", version 7.4
 * (learn.microsoft.com/rest/api/keyvault/secrets), and the challenge to whoever has no token
 * (learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses).
 */
import { type Answer, type Call, type CallServer, decodeJson, serveCalls } from './callServer.ts';

/** The vault. */
export interface KeyVaultStandIn {
  readonly origin: string;
  /** What was asked, oldest first. */
  readonly calls: readonly Call[];
  /** Its secrets by their names; those in `disabled` are listed as such, and refused. */
  readonly secrets: Map<string, string>;
  readonly disabled: Set<string>;
  /** What it answers to everything instead. */
  trouble: Answer | 'drop' | undefined;
  /** What the link to the next page begins with instead of its own address. */
  nextOrigin: string | undefined;
  close(): Promise<void>;
}

/** So many names stand on a page here: Azure's has 25. */
const pageSize = 2;

/** Starts one on a free port that takes this token. */
export async function startKeyVault(token: string): Promise<KeyVaultStandIn> {
  const secrets = new Map<string, string>();
  const disabled = new Set<string>();
  const vault = { trouble: undefined, nextOrigin: undefined } as Pick<
    KeyVaultStandIn,
    'trouble' | 'nextOrigin'
  >;
  const server: CallServer = await serveCalls(decodeJson, ({ method, path, headers }) => {
    if (vault.trouble !== undefined) return vault.trouble;
    if (headers.authorization !== `Bearer ${token}`) return unauthenticated;
    const { pathname, searchParams } = new URL(path, 'http://localhost');
    if (method !== 'GET' || searchParams.get('api-version') !== '7.4') return refusal(400, 'BadParameter');
    if (pathname === '/secrets') return list(Number(searchParams.get('$skiptoken') ?? 0));
    const name = /^\/secrets\/([\w-]+)$/.exec(pathname)?.[1] ?? '';
    const value = secrets.get(name);
    if (value === undefined) return refusal(404, 'SecretNotFound');
    if (disabled.has(name)) return refusal(403, 'Forbidden');
    const id = `${server.origin}/secrets/${name}/4387e9f3d6e14c459867679a90fd0f79`;
    return { status: 200, body: { value, id, attributes: attributesOf(name) } };
  });
  return Object.assign(vault, {
    origin: server.origin,
    calls: server.calls,
    secrets,
    disabled,
    close: server.close,
  });

  function list(skip: number): Answer {
    const names = [...secrets.keys()];
    const value = names.slice(skip, skip + pageSize).map(name => ({
      id: `${server.origin}/secrets/${name}`,
      attributes: attributesOf(name),
    }));
    const next = `${vault.nextOrigin ?? server.origin}/secrets?api-version=7.4&$skiptoken=${skip + pageSize}`;
    return { status: 200, body: { value, nextLink: skip + pageSize < names.length ? next : null } };
  }

  function attributesOf(name: string) {
    return { enabled: !disabled.has(name), created: 1_482_189_047, updated: 1_482_189_047 };
  }
}

const unauthenticated: Answer = {
  status: 401,
  headers: {
    'WWW-Authenticate':
      'Bearer authorization="https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555", resource="https://vault.azure.net"',
  },
  body: { error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' } },
};

function refusal(status: number, code: string): Answer {
  return { status, body: { error: { code, message: 'It is refused' } } };
}
