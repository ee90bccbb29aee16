import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'restify';
import type { Logger } from '../middleware/ports.ts';
import type { ApiKeys } from './access/derivedKeys.ts';
import type { App } from './composition.ts';
import type { Config } from './config.ts';
import { openStore } from './openStore.ts';

/** How long a stop waits for requests that are under way. */
const defaultDrainMs = 10_000;

/** A host that listens. */
export interface Host {
  readonly app: App;
  readonly port: number;
  /** How it is reached: `PUBLIC_URL`, else its own address. */
  readonly url: string;
  /** The key that was made up because none was set; to be shown once, never logged. */
  readonly madeUpKey: string | undefined;
  /**
   * Takes no new requests, ends the live streams, lets those under way come to their answer for at most 10 s, ends what is left, and closes the
   * store. What is owed stays owed.
   */
  close(): Promise<void>;
}

/**
 * Starts everything: parts, server, engine. It resolves when the host can be written to.
 *
 * @param drainMs how long a stop waits for requests that are under way, in milliseconds; default 10000
 */
export async function startHost(config: Config, log: Logger, drainMs = defaultDrainMs): Promise<Host> {
  let port = 0;
  const local = () => `http://${reachable(config.host)}:${port}`;
  // The simulator's phone is on this machine; a real one needs an address in the world.
  const forPhones = () => config.publicUrl ?? (config.simulator ? local() : undefined);
  // It and the Bot Framework's packages require one ES module: loaded at once, the one finds it half loaded by the other, and
  // Node ends the process (ERR_REQUIRE_ESM_RACE_CONDITION).
  if (config.database?.auth === 'entra') await import('@azure/identity');
  // The store opens while this thread loads the packages, the half of a start.
  const [store, { compose }, { createServer }, { hostLog }] = await Promise.all([
    openStore(config, log),
    import('./composition.ts'),
    import('./server.ts'),
    import('./telemetry/hostLog.ts'),
  ]);
  const app = await compose(config, hostLog(log), store, forPhones);
  const madeUpKey = config.apiKeys === undefined ? randomBytes(24).toString('base64url') : undefined;
  const madeUpKeys = [String(madeUpKey)];
  const apiKeys = () => app.renewal.config.apiKeys ?? madeUpKeys;
  endStreamsOfGoneKeys(app, apiKeys);
  const server = createServer(app, apiKeys, log);
  try {
    server.listen(config.port, config.host);
    await once(server, 'listening');
  } catch (error) {
    await app.close();
    throw error;
  }
  port = (server.address() as AddressInfo).port;
  if (app.simulator !== undefined) app.simulator.webhookUrl = `${local()}/webhooks/simulator`;
  app.start();
  return {
    app,
    port,
    url: config.publicUrl ?? local(),
    madeUpKey,
    async close() {
      server.close();
      app.simulator?.hangUp();
      await Promise.all([drain(server, drainMs), app.streams.close()]);
      await app.close();
      server.server.closeAllConnections();
    },
  };
}

/** What a key let in that is not valid any more does not go on reading: whose key is still valid comes again at once. */
function endStreamsOfGoneKeys({ renewal, streams }: App, apiKeys: ApiKeys): void {
  let known = apiKeys();
  renewal.onRenewed(() => {
    const now = apiKeys();
    if (!known.every(key => now.includes(key))) streams.endAll();
    known = now;
  });
}

/** Resolves when no request is under way any more, or when that takes too long. */
async function drain(server: Server, limitMs: number): Promise<void> {
  const signal = AbortSignal.timeout(limitMs);
  server.server.closeIdleConnections();
  while (server.inflightRequests() > 0 && !signal.aborted) {
    await once(server, 'after', { signal }).catch(() => {});
    // A connection whose request is answered must not bring another one.
    server.server.closeIdleConnections();
  }
}

/** The host as a URL on this machine names it. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
