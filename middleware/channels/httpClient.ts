import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { Dispatcher, Pool } from 'undici';
import { abortedFault, networkFault, timeoutFault, unreadableFault } from './transportFault.ts';

/** What a client is made for. */
export interface HttpClientOptions {
  /** The provider's name, for error messages. */
  readonly provider: string;
  /** Scheme, host and port of every call. */
  readonly origin: string;
  /** How long one call may take from start to end, the wait for a connection included, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * How many connections may be open. Default 50: with a provider that takes 100 ms that is 500 calls a second,
   * above the 80 that Meta takes from one number by default.
   */
  readonly connections?: number;
  /** The longest answer that is read, in bytes. Default 1 MiB: providers' answers are a few hundred bytes. */
  readonly answerLimit?: number;
  /**
   * What becomes of a longer one. `unreadable`, the default, throws; `headOnly` answers without its body, for callers whom
   * the status tells enough.
   */
  readonly longAnswers?: 'unreadable' | 'headOnly';
  /** Finds the addresses of the host, and may refuse to. Default: the machine's resolver. */
  readonly lookup?: LookupFunction;
}

/** One request. `path` begins with a slash; header values must be checked before. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One answer, whatever its status: what a status means differs from provider to provider. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer with its body byte by byte, for whoever hands it on. */
export interface RawHttpAnswer extends HttpAnswer {
  readonly bytes: Buffer;
  /** Its body was too long to be read. */
  readonly headOnly?: true;
}

/** Calls one provider. */
export interface HttpClient {
  /**
   * Makes one call. Redirects are answers like any other and are not followed: they would carry credentials away.
   *
   * @throws ProviderError `timeout`, `network`, `aborted` or `unreadable_answer`, which says whether the provider
   * may have acted
   */
  call(request: HttpRequest, signal: AbortSignal): Promise<RawHttpAnswer>;
  /** Waits for what is under way, at most a call's time limit, and closes the connections. */
  close(): Promise<void>;
}

/**
 * Makes a client on an `undici.Pool`, which costs a tenth of the CPU of `fetch` a call. `Pool.dispatch` is used
 * and not `Pool.request`: the latter cannot be stopped while it waits for a connection, and does not tell whether
 * the request had been written when it failed.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  let pool: Promise<Pool> | undefined;
  return {
    async call(request, signal) {
      pool ??= openPool(options);
      return dispatch(await pool, options, request, signal);
    },
    async close() {
      // A closed pool refuses calls; one that was never opened would not.
      pool ??= openPool(options);
      await (await pool).close();
    },
  };
}

/** undici takes a tenth of a second to load when nothing is compiled: a process that starts makes no calls yet. */
async function openPool({ origin, timeoutMs, connections = 50, lookup }: HttpClientOptions): Promise<Pool> {
  const { Pool } = await import('undici');
  return new Pool(origin, {
    connections,
    // One request a connection: behind a slow answer a pipelined one would wait without need.
    pipelining: 1,
    connect: { timeout: timeoutMs, ...(lookup && { lookup }) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
}

function dispatch(
  pool: Pool,
  { provider, timeoutMs, answerLimit = 1024 * 1024, longAnswers }: HttpClientOptions,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<RawHttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawHttpAnswer>();
  let controller: Dispatcher.DispatchController | undefined;
  let failure: Error | undefined;
  const started = () => controller !== undefined;

  // The first reason wins. A request that still waits for a connection cannot be taken out of the pool's queue;
  // it is dropped in onRequestStart, before a byte of it is written.
  const fail = (error: Error) => {
    failure ??= error;
    settle();
    reject(failure);
    if (controller?.aborted === false) controller.abort(failure);
  };
  const onAbort = () => fail(abortedFault({ provider, started: started(), cause: signal.reason }));
  // One deadline for the whole call: the pool's own limits begin anew with each phase, and tick in whole seconds.
  const deadline = setTimeout(() => fail(timeoutFault({ provider, started: started() })), timeoutMs);
  const settle = () => {
    clearTimeout(deadline);
    signal.removeEventListener('abort', onAbort);
  };
  if (signal.aborted) {
    onAbort();
    return promise;
  }
  signal.addEventListener('abort', onAbort);

  let status = 0;
  let headers: IncomingHttpHeaders = {};
  let size = 0;
  const chunks: Buffer[] = [];
  pool.dispatch(
    { ...request, body: request.body ?? null },
    {
      onRequestStart(newController) {
        if (failure !== undefined) newController.abort(failure);
        else controller = newController;
      },
      onResponseStart(_controller, statusCode, responseHeaders) {
        status = statusCode;
        headers = responseHeaders;
      },
      onResponseData(_controller, chunk) {
        size += chunk.length;
        if (size <= answerLimit) chunks.push(chunk);
        else {
          if (longAnswers === 'headOnly')
            resolve({ status, headers, body: '', bytes: Buffer.alloc(0), headOnly: true });
          fail(unreadableFault(provider));
        }
      },
      onResponseEnd() {
        settle();
        const bytes = Buffer.concat(chunks);
        resolve({ status, headers, body: bytes.toString('utf8'), bytes });
      },
      onResponseError(_controller, cause) {
        const timedOut = /_TIMEOUT$/.test('code' in cause ? String(cause.code) : '');
        const fault = timedOut ? timeoutFault : networkFault;
        fail(failure ?? fault({ provider, started: started(), cause }));
      },
    },
  );
  return promise;
}
