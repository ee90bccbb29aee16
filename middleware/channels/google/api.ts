import { z } from 'zod';
import { type FailureMap, refusedCall } from '../failureMap.ts';
import { createHttpClient } from '../httpClient.ts';
import { parseJson } from '../parseJson.ts';
import { pathBelow } from '../pathBelow.ts';
import { readRetryAfter } from '../readRetryAfter.ts';
import { createAccessTokens } from './accessTokens.ts';
import type { CheckedFormat, CheckedOptions } from './options.ts';

/** The documented form of a refusal, `{ "error": { "code", "message", "status" } }`, as far as it says anything. */
const refusal = z.looseObject({ error: z.looseObject({ message: z.string() }) });

/** The calls to one of Google's services. */
export interface GoogleApi {
  /**
   * Makes a call. What is answered to a call that was taken says nothing that we did not know.
   *
   * @param path behind the address of the service, with the query
   * @throws ProviderError
   */
  call(
    request: { readonly method: 'POST' | 'PATCH'; readonly path: string; readonly body: object },
    signal: AbortSignal,
  ): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects to one of Google's services in the name of its service account.
 *
 * @param scope what the tokens must be good for
 * @param failures what its refusals mean
 */
export function createApi(
  { apiUrl, account }: CheckedFormat,
  { timeoutMs, clock }: Pick<CheckedOptions, 'timeoutMs' | 'clock'>,
  scope: string,
  failures: FailureMap,
): GoogleApi {
  const tokens = createAccessTokens(account, scope, timeoutMs);
  const client = createHttpClient({ provider: failures.provider, origin: apiUrl.origin, timeoutMs });
  return {
    async call({ method, path, body }, signal) {
      const token = await tokens.get(signal);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const request = { method, path: pathBelow(apiUrl, path), headers };
      const answer = await client.call({ ...request, body: JSON.stringify(body) }, signal);
      if (answer.status >= 200 && answer.status <= 299) return;
      if (answer.status === 401) tokens.forget();
      throw refusedCall(failures, {
        status: answer.status,
        detail: refusal.safeParse(parseJson(answer.body)).data?.error.message,
        retryAfterMs: readRetryAfter(answer.headers['retry-after'], clock.now()),
      });
    },
    close: () => client.close(),
  };
}
