import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { MessagesServiceClient, MessagesServiceClientOptions } from '@azure-rest/communication-messages';
import type { AcsAnswer } from './faults.ts';
import { hostIdentity, useTokens } from './identity.ts';
import type { CheckedOptions } from './options.ts';
import { startWatch, type Watch } from './watch.ts';

/** One POST. */
export interface AcsPost {
  readonly path: string;
  /** Default: the SDK's own. */
  readonly apiVersion?: string;
  readonly body: object;
}

/** One POST whose repeats have the same `id` and `firstTime`: the service then acts once. */
export interface AcsRepeatablePost extends AcsPost {
  readonly id: string;
  /** Unix milliseconds. */
  readonly firstTime: number;
}

/** A file of an inbound message: its bytes, or the refusal. */
export interface AcsFile {
  readonly answer: AcsAnswer;
  /** They must be read to the end, or the signal be aborted: until then a connection is held. */
  readonly bytes: AsyncIterable<Uint8Array> | undefined;
}

/**
 * Calls ACS through the official SDK. An answer is an answer whatever its status; without one, both reject with a
 * `ProviderError`.
 */
export interface AcsClient {
  /** Repeatable by its headers, or, as for text messages, by what its body says. */
  post(call: AcsPost | AcsRepeatablePost, signal: AbortSignal): Promise<AcsAnswer>;
  open(mediaId: string, signal: AbortSignal): Promise<AcsFile>;
  /** Closes the connections; what is under way ends with an error. */
  close(): void;
}

/** How many connections may be open: as many calls as the engine makes at once to one number. */
const maxSockets = 50;

/**
 * Makes a client on the SDK. We repeat calls ourselves, with the wait in the store: the SDK must not repeat them too (it
 * would, a POST included, with the date and signature of the first try), nor follow a redirect with our credentials.
 */
export function createClient({
  endpoint,
  proof,
  timeoutMs,
}: Pick<CheckedOptions, 'endpoint' | 'proof' | 'timeoutMs'>): AcsClient {
  const plain = endpoint.protocol === 'http:';
  const agent = new (plain ? HttpAgent : HttpsAgent)({ keepAlive: true, maxSockets });
  const connected = connect(endpoint.origin, proof, {
    agent,
    allowInsecureConnection: plain,
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
  });
  // Whoever calls learns of it.
  connected.catch(() => {});

  return {
    async post(call, signal) {
      const { path, apiVersion, body } = call;
      const watch = startWatch(signal, timeoutMs);
      const client = await watch.within(connected, false);
      const posted = client.pathUnchecked(path).post({
        ...(apiVersion !== undefined && { queryParameters: { 'api-version': apiVersion } }),
        ...('id' in call && {
          headers: {
            'Repeatability-Request-ID': call.id,
            'Repeatability-First-Sent': new Date(call.firstTime).toUTCString(),
          },
        }),
        body,
        abortSignal: watch.stop,
      });
      // The SDK's answer is only like a promise: the request is made when somebody waits for it.
      const { status, headers, body: answer } = await watch.within(Promise.resolve(posted), true);
      return { status: Number(status), headers, body: answer };
    },

    async open(mediaId, signal) {
      const watch = startWatch(signal, timeoutMs);
      const client = await watch.within(connected, false);
      const request = { accept: 'application/octet-stream', abortSignal: watch.stop };
      const opened = client.path('/messages/streams/{id}', mediaId).get(request).asNodeStream();
      // Reading changes nothing at the service, so no fault here leaves anything open.
      const { status, headers, body } = await watch.within(opened, false);
      const answer = { status: Number(status), headers, body: undefined };
      if (answer.status === 200 && body !== undefined) return { answer, bytes: readBytes(body, watch) };
      body?.resume();
      return { answer, bytes: undefined };
    },

    close: () => agent.destroy(),
  };
}

/** The SDK takes 170 ms to load: it is loaded with a channel, not with the library. */
async function connect(
  endpoint: string,
  proof: CheckedOptions['proof'],
  options: MessagesServiceClientOptions,
): Promise<MessagesServiceClient> {
  const { default: sdk } = await import('@azure-rest/communication-messages');
  if ('accessKey' in proof) return sdk.default(endpoint, { key: proof.accessKey }, options);
  const source = proof.credential ?? (await hostIdentity());
  const client = sdk.default(endpoint, source as Parameters<typeof sdk.default>[1], options);
  useTokens(client, source);
  return client;
}

/** The time limit is for the service's silence: a large file may take longer in all, and so may its reader. */
async function* readBytes(body: NodeJS.ReadableStream, watch: Watch): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await watch.within(chunks.next(), false);
      if (done) return;
      yield value as Buffer;
    }
  } finally {
    // Ends the stream, and with it the connection, where the reader left early.
    chunks.return?.().catch(() => {});
  }
}
