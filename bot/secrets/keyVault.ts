import { z } from 'zod';
import { createHttpClient } from '../../middleware/channels/httpClient.ts';
import { parseJson } from '../../middleware/channels/parseJson.ts';
import { pathBelow } from '../../middleware/channels/pathBelow.ts';
import { ProviderError } from '../../middleware/errors.ts';
import { isLoopback } from '../../middleware/isLoopback.ts';
import type { Scheduler } from '../../middleware/ports.ts';
import { callWithin } from '../../middleware/timing/callWithin.ts';
import { systemScheduler } from '../../middleware/timing/systemClock.ts';
import { type SecretSource, SourceAway, unreadable } from './secretSource.ts';

/** What gives tokens for the key vault: every credential of `@azure/identity` does. */
export interface TokenGiver {
  getToken(
    scope: string,
    options: { readonly abortSignal: AbortSignal },
  ): Promise<{ readonly token: string } | null>;
}

/** learn.microsoft.com/rest/api/keyvault/secrets: "Get Secrets" and "Get Secret" of this version. */
const version = 'api-version=7.4';

/** How long one request may take, and getting a token, in milliseconds: a start waits for some of them. */
const timeoutMs = 10_000;

/** The most pages of names that are read, of 25 each: a vault of another use would keep a start waiting. */
const longestList = 100;

const page = z.object({
  value: z.array(
    z.object({ id: z.string(), attributes: z.object({ enabled: z.boolean().optional() }).optional() }),
  ),
  nextLink: z.string().nullish(),
});
const secret = z.object({ value: z.string() });

/**
 * An Azure Key Vault, over its REST API: the names of its secrets by page, then those that are wanted, each in its current
 * version. One that is disabled is not there. The identity needs to read secrets, as the role *Key Vault Secrets User* may.
 *
 * There is no SDK in between: two requests need none, and it refuses a stand-in on loopback.
 *
 * @param url of the vault
 * @param identity who asks
 */
export function keyVault(
  url: URL,
  identity: TokenGiver,
  scheduler: Scheduler = systemScheduler,
): SecretSource {
  const client = createHttpClient({ provider: 'Key Vault', origin: url.origin, timeoutMs });
  const source = {
    setting: 'KEY_VAULT_URL',
    async read(wants) {
      const names = (await listNames()).filter(wants);
      return new Map(await Promise.all(names.map(readOne)));
    },
    close: () => client.close(),
  } satisfies SecretSource;
  return source;

  async function listNames(): Promise<readonly string[]> {
    const names: string[] = [];
    let path: string | undefined = pathBelow(url, `/secrets?${version}`);
    for (let left = longestList; path !== undefined; left -= 1) {
      if (left === 0) throw unreadable(source, `the key vault holds more than ${longestList * 25} secrets`);
      const { value, nextLink }: z.output<typeof page> = await get(path, page);
      const enabled = value.filter(({ attributes }) => attributes?.enabled !== false);
      names.push(...enabled.map(({ id }) => nameOf(id)));
      path = nextLink ? pathOf(nextLink) : undefined;
    }
    return names;
  }

  async function readOne(name: string): Promise<[name: string, value: string]> {
    const path = pathBelow(url, `/secrets/${encodeURIComponent(name)}?${version}`);
    return [name, (await get(path, secret)).value];
  }

  async function get<T extends z.ZodType>(path: string, form: T): Promise<z.output<T>> {
    const token = await callWithin(scheduler, timeoutMs, abortSignal =>
      identity.getToken(scopeOf(url), { abortSignal }),
    ).catch(() => null);
    // Azure's identity endpoint may come up behind the host.
    if (token === null) throw new SourceAway(source, 'there is no identity here, or it gets no token');
    const headers = { authorization: `Bearer ${token.token}`, accept: 'application/json' };
    const answer = await client
      .call({ method: 'GET', path, headers }, new AbortController().signal)
      .catch(error => {
        const code = error instanceof ProviderError ? error.providerCode : 'network';
        throw new SourceAway(source, `the key vault does not answer (${code})`);
      });
    const { status } = answer;
    if (status === 401 || status === 403)
      throw unreadable(
        source,
        `the identity of this host may not read the key vault (HTTP ${status}): has it the role Key Vault Secrets User?`,
      );
    const read = form.safeParse(parseJson(answer.body));
    if (status === 200 && read.success) return read.data;
    const why = `the key vault did not answer as it should (HTTP ${status})`;
    throw status === 429 || status >= 500 ? new SourceAway(source, why) : unreadable(source, why);
  }

  /** @throws where it leads elsewhere: the token would go there too */
  function pathOf(link: string): string {
    const next = URL.parse(link);
    if (next?.origin === url.origin) return next.pathname + next.search;
    throw unreadable(source, 'the key vault names another host for its next page');
  }
}

/** `https://myvault.vault.azure.net/secrets/<name>`: what is behind the last slash. */
function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/**
 * What a token must be good for. It is taken from the vault's own address, in whichever cloud, and not from what an answer asks
 * for (`WWW-Authenticate`): that could be anybody's.
 */
function scopeOf({ hostname }: URL): string {
  const service = isLoopback(hostname) ? 'vault.azure.net' : hostname.split('.').slice(1).join('.');
  return `https://${service}/.default`;
}
