import type { JWT } from 'google-auth-library';
import { ProviderError } from '../../errors.ts';
import { abortedFault } from '../transportFault.ts';
import type { ServiceAccount } from './serviceAccount.ts';

/** Tokens in the name of a service account. */
export interface AccessTokens {
  /**
   * A token that is valid now: kept until five minutes before its end, and fetched once for all who wait.
   *
   * @throws ProviderError `no_token` where Google refuses the account, so that what is owed waits; `token_unavailable` where
   *   it cannot be asked now; `aborted`
   */
  get(signal: AbortSignal): Promise<string>;
  /** The token was refused: the next one is fetched anew. */
  forget(): void;
}

/**
 * Makes a source of tokens over Google's own library, which is loaded with the first of them: it takes a tenth of a second.
 *
 * @param scope what the tokens must be good for
 */
export function createAccessTokens(account: ServiceAccount, scope: string, timeoutMs: number): AccessTokens {
  let client: Promise<JWT> | undefined;
  return {
    async get(signal) {
      client ??= openClient(account, scope, timeoutMs);
      const source = client;
      const fetched = source.then(jwt => jwt.getAccessToken()).catch(error => Promise.reject(noToken(error)));
      const { token } = await whileWanted(fetched, signal);
      if (token) return token;
      throw noToken(undefined);
    },
    forget() {
      client = undefined;
    },
  };
}

async function openClient(
  { email, privateKey: key, keyId, tokenUrl }: ServiceAccount,
  scope: string,
  timeout: number,
): Promise<JWT> {
  const { JWT } = await import('google-auth-library');
  return new JWT({
    email,
    key,
    ...(keyId !== undefined && { keyId }),
    scopes: [scope],
    // The library knows one address for tokens, and signs for it.
    additionalClaims: { aud: tokenUrl.href },
    transporterOptions: {
      fetchImplementation: (_url, init) => fetch(tokenUrl, { ...init, redirect: 'error' }),
      timeout,
      // Whoever owes a call has its own patience.
      retryConfig: { retry: 0, noResponseRetries: 0 },
    },
  });
}

/** Says why there is no token. What was thrown is not kept: it holds the request, which is signed with the key. */
function noToken(error: unknown): ProviderError {
  const { status } = (error ?? {}) as { status?: unknown };
  const refused = typeof status === 'number' && status >= 400 && status < 500;
  return refused && status !== 408 && status !== 429
    ? new ProviderError('Google refused the service account a token', {
        fault: 'auth',
        providerCode: 'no_token',
      })
    : new ProviderError('Google could not be asked for a token', {
        fault: 'transient',
        providerCode: 'token_unavailable',
        providerWide: true,
      });
}

/** Waits no longer than the caller does. Others may wait for the same token, so it is fetched to its end. */
async function whileWanted<T>(fetched: Promise<T>, signal: AbortSignal): Promise<T> {
  // Where nobody waits any more, its failure is nobody's.
  fetched.catch(() => {});
  const stopped = Promise.withResolvers<never>();
  const onAbort = () => stopped.reject(abortedFault({ provider: 'Google', started: false }));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([stopped.promise, fetched]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
