import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator, type Simulator } from '../../bot/simulator/simulator.ts';
import { type Ended, type FaultyHost, startFaultyHost } from './faultyHost.ts';
import { Link } from './link.ts';

/** One business number for each policy, so that one host serves every scenario. */
export const businesses = {
  plain: '106540352242922',
  quiet: '106540352242923',
  replying: '106540352242924',
  delayed: '106540352242925',
  paced: '106540352242926',
  manual: '106540352242927',
} as const;

export type Business = keyof typeof businesses;

const policies = {
  businesses: {
    [businesses.quiet]: { typing: { show: false } },
    [businesses.replying]: { read: { when: 'replying' } },
    [businesses.delayed]: { read: { delay: { minMs: 300 } } },
    [businesses.paced]: { think: { delay: { minMs: 100 } }, reply: { delay: { minMs: 150 } } },
    [businesses.manual]: { read: { when: 'manual' } },
  },
};

const secrets = {
  accessToken: 'EAAG-the-access-token',
  appSecret: 'the-app-secret-0123456789abcdef',
  verifyToken: 'the-verify-token',
};
const apiKey = 'a-key-for-the-tests-0123456789';

/** How a world differs from the usual. */
export interface WorldOptions {
  /** Where the host keeps its data; default a new folder, which vanishes with the world. */
  readonly data?: string;
}

/** A provider that lives on while the hosts in front of it die: one stand-in, one folder, one host after another. */
export class World {
  readonly simulator: Simulator;
  /** The link from its hosts to the stand-in. */
  readonly link: Link;
  readonly file: string;
  readonly #folder: string;
  readonly #settings: Readonly<Record<string, string>>;
  /** Something has happened that somebody may wait for: at the provider, or in the store. */
  readonly #events: EventEmitter<{ change: [] }> = new EventEmitter();
  #host: FaultyHost | undefined;
  #customers = 0;

  private constructor(simulator: Simulator, link: Link, folder: string, data: string) {
    this.simulator = simulator;
    this.link = link;
    this.#folder = folder;
    this.file = join(data, 'bluetick.sqlite');
    simulator.events.on('event', () => this.#events.emit('change'));
    this.#settings = {
      META_ACCESS_TOKEN: secrets.accessToken,
      META_PHONE_NUMBER_ID: Object.values(businesses).join(','),
      META_APP_SECRET: secrets.appSecret,
      META_VERIFY_TOKEN: secrets.verifyToken,
      META_GRAPH_URL: `http://127.0.0.1:${link.port}/v25.0`,
      BLUETICK_API_KEY: apiKey,
      BLUETICK_DATA: data,
      BLUETICK_POLICY: join(folder, 'policy.json'),
    };
  }

  /** A world without a host yet. */
  static async create({ data }: WorldOptions = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'bluetick-fault-'));
    await writeFile(join(folder, 'policy.json'), JSON.stringify(policies));
    const simulator = await createSimulator({
      ...secrets,
      phoneNumberIds: Object.values(businesses) as [string, ...string[]],
      // As Meta, it comes again until somebody takes it; but soon, so that a round is short.
      retry: { attempts: 200, longestMs: 250 },
    });
    const link = await Link.before(simulator.port);
    return new World(simulator, link, folder, data ?? join(folder, 'data'));
  }

  /** The settings of its hosts. */
  get settings(): Readonly<Record<string, string>> {
    return this.#settings;
  }

  /** The host that runs, or ran last. */
  get host(): FaultyHost {
    if (this.#host === undefined) throw new Error('no host has been started');
    return this.#host;
  }

  /**
   * Starts a host, and the next one should it die before it listens.
   *
   * @param killAt the point from its start at which it dies; default never
   * @returns how the first one ended, if it did
   */
  async start(killAt = 0): Promise<Ended | undefined> {
    const host = await startFaultyHost(this.#settings, { killAt });
    if ('output' in host) {
      if (host.killedAt === undefined) throw new Error(`the host does not start:\n${host.output}`);
      await this.start();
      return host;
    }
    this.#host = host;
    host.events.on('wrote', () => this.#events.emit('change'));
    this.simulator.webhookUrl = `${host.url}/webhooks/meta`;
    this.#events.emit('change');
    return undefined;
  }

  /** A customer nobody has heard of before. */
  newPhone(business: Business) {
    this.#customers += 1;
    return this.simulator.phone(`4915550${String(100_000 + this.#customers)}`, {
      business: businesses[business],
    });
  }

  /** What `/readyz` answers. */
  async ready(): Promise<number> {
    return (await fetch(`${this.host.url}/readyz`)).status;
  }

  /** Asks the host's API, again if its store just fails; `undefined` where the host is just dying. */
  async ask<T>(path: string): Promise<T | undefined> {
    for (let tries = 0; tries < 3; tries += 1) {
      try {
        const answer = await fetch(`${this.host.url}/api/v1${path}`, { headers: { 'x-api-key': apiKey } });
        if (answer.ok) return (await answer.json()) as T;
        await answer.body?.cancel();
      } catch {
        return undefined;
      }
    }
    return undefined;
  }

  /** Looks until there is something to see: at once, and again after whatever a phone saw or the store wrote. */
  async until<T>(
    look: () => T | undefined | Promise<T | undefined>,
    deadlineMs: number,
    what: () => string,
  ): Promise<T> {
    const late = AbortSignal.timeout(deadlineMs);
    for (;;) {
      // Listening begins before the look, so that nothing is missed in between.
      const looked = new AbortController();
      const signal = AbortSignal.any([late, looked.signal]);
      const changed = once(this.#events, 'change', { signal }).catch(() => undefined);
      const found = await look();
      if (found !== undefined) {
        looked.abort();
        return found;
      }
      if ((await changed) === undefined) throw new Error(`Not within ${deadlineMs} ms: ${what()}`);
    }
  }

  /** Ends the host in order and answers how it ended; the stand-in and the file are still there to be looked at. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended | undefined> {
    return this.#host?.end(signal);
  }

  async close(): Promise<void> {
    await this.stop('SIGKILL');
    await this.link.close();
    await this.simulator.close();
    await rm(this.#folder, { recursive: true });
  }
}
