import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Phone } from '../../bot/simulator/phone.ts';
import { createSimulator, type Simulator } from '../../bot/simulator/simulator.ts';
import { Link } from './link.ts';
import type { StoreState } from './points.ts';

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

/** How long a program tries to tell something: through deaths of hosts, on a busy machine. */
const tellWithinMs = 150_000;
const tellAgainMs = 100;
/** How soon it is looked again where nothing tells of a change. */
const lookAgainMs = 1000;

/** What lives on while hosts die: the provider's stand-in, the link to it, and a folder. */
export interface Ground {
  readonly simulator: Simulator;
  /** The link from the hosts to the stand-in. */
  readonly link: Link;
  readonly folder: string;
  /** The settings that all hosts have in common. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Makes what lives on while hosts die. */
export async function layGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-fault-'));
  await writeFile(join(folder, 'policy.json'), JSON.stringify(policies));
  const simulator = await createSimulator({
    ...secrets,
    phoneNumberIds: Object.values(businesses) as [string, ...string[]],
    // As Meta, it comes again until somebody takes it; but soon, so that a round is short.
    retry: { attempts: 200, longestMs: 250 },
  });
  const link = await Link.before(simulator.port);
  const settings = {
    META_ACCESS_TOKEN: secrets.accessToken,
    META_PHONE_NUMBER_ID: Object.values(businesses).join(','),
    META_APP_SECRET: secrets.appSecret,
    META_VERIFY_TOKEN: secrets.verifyToken,
    META_GRAPH_URL: `http://127.0.0.1:${link.port}/v25.0`,
    BLUETICK_API_KEY: apiKey,
    BLUETICK_POLICY: join(folder, 'policy.json'),
  };
  return { simulator, link, folder, settings };
}

/** A provider in front of which hosts die while customers write, and where it is seen what came of it. */
export abstract class Place {
  readonly simulator: Simulator;
  readonly link: Link;
  /** Something has happened that somebody may wait for: at the provider, or in the store. */
  protected readonly events: EventEmitter<{ change: [] }> = new EventEmitter();
  readonly #folder: string;
  #customers = 0;

  protected constructor({ simulator, link, folder }: Ground) {
    this.simulator = simulator;
    this.link = link;
    this.#folder = folder;
    this.events.setMaxListeners(0);
    simulator.events.on('event', () => this.events.emit('change'));
  }

  /** The store's state as it was told last. */
  abstract readonly state: StoreState;
  /** Where somebody who lives answers. */
  protected abstract readonly url: string;

  /** The store's state as it is now. */
  async look(): Promise<StoreState> {
    return this.state;
  }

  /** A customer nobody has heard of before. */
  newPhone(business: Business): Phone {
    this.#customers += 1;
    return this.simulator.phone(`4915550${String(100_000 + this.#customers)}`, {
      business: businesses[business],
    });
  }

  /** Asks the API, again if its store just fails; `undefined` where whoever is asked is just dying. */
  async ask<T>(path: string): Promise<T | undefined> {
    for (let tries = 0; tries < 3; tries += 1) {
      try {
        const answer = await fetch(`${this.url}/api/v1${path}`, { headers: { 'x-api-key': apiKey } });
        if (answer.ok) return (await answer.json()) as T;
        await answer.body?.cancel();
      } catch {
        return undefined;
      }
    }
    return undefined;
  }

  /**
   * Tells the API something, again until it is taken, as a program of the business would.
   *
   * @param key makes a repeat the same request; what may be told twice needs none
   */
  async tell<T>(path: string, body: object, key?: string): Promise<T> {
    const signal = AbortSignal.timeout(tellWithinMs);
    const headers = { 'x-api-key': apiKey, ...(key !== undefined && { 'idempotency-key': key }) };
    for (;;) {
      const request = { method: 'POST', headers, body: JSON.stringify(body), signal };
      const answer = await fetch(`${this.url}/api/v1${path}`, request);
      if (answer.ok) return (await answer.json()) as T;
      const said = await answer.text();
      if (answer.status < 500) throw new Error(`${path}: ${answer.status} ${said}`);
      await pause(tellAgainMs);
    }
  }

  /**
   * Looks until there is something to see: at once, and again after whatever a phone saw or the store wrote. And after a while, since
   * who is asked, or was to tell, may just die.
   */
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
      const changed = once(this.events, 'change', { signal }).catch(() => undefined);
      const again = pause(lookAgainMs, true, { signal }).catch(() => undefined);
      const found = await look();
      if (found !== undefined) {
        looked.abort();
        return found;
      }
      const isLate = (await Promise.race([changed, again])) === undefined;
      looked.abort();
      if (isLate) throw new Error(`Not within ${deadlineMs} ms: ${what()}`);
    }
  }

  /** Puts away what lived on. */
  async close(): Promise<void> {
    await this.link.close();
    await this.simulator.close();
    await rm(this.#folder, { recursive: true });
  }
}
