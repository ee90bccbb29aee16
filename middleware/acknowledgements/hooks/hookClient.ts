import type { LookupFunction } from 'node:net';
import { failureMeanings } from '../../channels/failureMap.ts';
import { createHttpClient, type HttpClient } from '../../channels/httpClient.ts';
import { readRetryAfter } from '../../channels/readRetryAfter.ts';
import type { FailureName } from '../../domain.ts';
import { ProviderError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import type { HookAllowList } from './allowList.ts';
import { guardLookup, refusedAddress } from './guardLookup.ts';
import type { HookSigner } from './signature.ts';

/** A web hook, ready to go. */
export interface Hook {
  /** The same at every try: receivers tell repeats by it. */
  readonly id: string;
  readonly url: string;
  /** JSON. */
  readonly body: string;
}

/** What a client for web hooks is made of. */
export interface HookClientOptions {
  readonly sign: HookSigner;
  readonly allowed: HookAllowList;
  readonly clock: Clock;
  /**
   * How long one try may take, in milliseconds. Default 15,000, the shortest that Standard Webhooks advises: a receiver
   * that takes longer is asked again.
   */
  readonly timeoutMs?: number;
  /** Who finds the address of a host. Default: the machine's resolver. Whatever it answers is checked. */
  readonly lookup?: LookupFunction;
}

/** Sends signed web hooks. */
export interface HookClient {
  /**
   * Makes one try. It worked when the receiver answered 2xx.
   *
   * @throws ProviderError, with a `providerCode` that may be logged: `http_<status>`, `timeout`, `network`, `aborted`,
   *   `address_refused`, `not_allowed`, `too_large`
   */
  post(hook: Hook, signal: AbortSignal): Promise<void>;
  /** Waits for what is under way, at most a try's time limit, and closes the connections. */
  close(): Promise<void>;
}

/** Standard Webhooks: "payloads should be kept small, less than 20kb". */
const bodyLimit = 20_000;

/** Makes a client. No redirect is followed: it would lead past the allow-list. */
export function createHookClient({
  sign,
  allowed,
  clock,
  timeoutMs = 15_000,
  lookup,
}: HookClientOptions): HookClient {
  const guarded = guardLookup(lookup);
  /** By their origins, of which the allow-list has few. */
  const clients = new Map<string, HttpClient>();
  const clientOf = (origin: string) => {
    const client =
      clients.get(origin) ?? createHttpClient({ provider: 'Web hook', origin, timeoutMs, lookup: guarded });
    clients.set(origin, client);
    return client;
  };

  return {
    async post({ id, url: address, body }, signal) {
      const url = allowed.find(address);
      if (url === undefined) throw refused('not_allowed', 'The allow-list does not have that address');
      if (Buffer.byteLength(body) >= bodyLimit)
        throw refused('too_large', `The web hook is larger than ${bodyLimit} bytes`);
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'Bluetick',
        ...sign({ id, at: clock.now(), body }),
      };
      const path = url.pathname + url.search;
      const call = clientOf(url.origin).call({ method: 'POST', path, headers, body }, signal);
      const answer = await call.catch(error => {
        throw isRefusedAddress(error) ? refused('address_refused', 'The address is not public') : error;
      });
      const { status } = answer;
      if (status >= 200 && status <= 299) return;
      const is = nameOf(status);
      const waitMs = readRetryAfter(answer.headers['retry-after'], clock.now());
      throw new ProviderError(`The web hook was refused (http_${status})`, {
        fault: failureMeanings[is].fault,
        is,
        providerCode: `http_${status}`,
        providerWide: status >= 500,
        ambiguous: status === 502 || status === 504,
        ...(waitMs !== undefined && { retryAfterMs: waitMs }),
      });
    },
    async close() {
      await Promise.all([...clients.values()].map(client => client.close()));
    },
  };
}

/** A try that was not made: nothing has left our side. */
function refused(providerCode: string, why: string): ProviderError {
  return new ProviderError(why, { fault: 'permanent', is: 'message_refused', providerCode });
}

function isRefusedAddress({ cause }: Error): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === refusedAddress;
}

function nameOf(status: number): FailureName {
  if (status === 401 || status === 403) return 'credentials_refused';
  if (status === 429) return 'rate_limited';
  return status === 408 || status >= 500 ? 'provider_unavailable' : 'message_refused';
}
