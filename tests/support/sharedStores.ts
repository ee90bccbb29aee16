import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import pg from 'pg';
import type { Scheduler, Sharing, Store } from '../../middleware/ports.ts';
import { openPostgresStore } from '../../middleware/storage/postgres/openPostgresStore.ts';
import { systemScheduler } from '../../middleware/timing/systemClock.ts';
import { admission, batch, message } from '../contract/storeSamples.ts';
import { quietLog } from './engineWorld.ts';
import { testDatabase } from './postgres.ts';

/** A store that several have open, as one of them sees it. */
export type SharedStore = Store & { readonly sharing: Sharing };

/** The machine's timers, none of them longer than a moment: what is done now and then is done at once. */
export const hasty: Scheduler = {
  after: (delayMs, task) => systemScheduler.after(Math.min(delayMs, 25), task),
};

/** Timers that never come: to the others, a process that has died. */
export const dead: Scheduler = { after: () => () => {} };

/** Opens a database as one more process would. */
export async function joinStore(
  url: string,
  { scheduler = systemScheduler, log = quietLog() } = {},
): Promise<SharedStore> {
  const store = await openPostgresStore({ url, log, scheduler, connections: 4 });
  assert.ok(store.sharing !== undefined);
  return store as SharedStore;
}

/** A store on PostgreSQL, and the test's own connection beside it. */
export interface StoreAndClient {
  readonly url: string;
  readonly store: SharedStore;
  readonly client: pg.Client;
  /** Has a customer write; answers what became of the message. */
  admit(id: string, customer: string): Promise<string | undefined>;
}

/** Gives each test of a suite such a pair, over a database of its own. */
export function storeAndClient(): StoreAndClient {
  let [url, store, client] = ['', undefined as SharedStore | undefined, undefined as pg.Client | undefined];
  beforeEach(async () => {
    url = await testDatabase();
    store = await joinStore(url);
    client = new pg.Client(url);
    await client.connect();
  });
  afterEach(async () => {
    await client?.end();
    await store?.close();
  });
  return {
    get url() {
      return url;
    },
    get store() {
      return store ?? assert.fail('no test runs');
    },
    get client() {
      return client ?? assert.fail('no test runs');
    },
    async admit(id, customer) {
      const { admitted } = await this.store.admit(batch([admission(message(id, { customer }))]));
      return admitted[0]?.status;
    },
  };
}

/** Cuts the connections over which the processes of a database hear news; answers how many there were. */
export async function cutLines(client: pg.Client): Promise<number | null> {
  const { rowCount } = await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND query = 'LISTEN bluetick'`,
  );
  return rowCount;
}

/** Something that is told of again and again, and waited for. */
export class Awaited<T> {
  readonly seen: T[] = [];
  readonly #came = new EventEmitter();

  add(what: T): void {
    this.seen.push(what);
    this.#came.emit('one');
  }

  /** The first that fits, of those that came and those to come. */
  async until(fits: (what: T) => boolean, withinMs = 5000): Promise<T> {
    const signal = AbortSignal.timeout(withinMs);
    for (;;) {
      const found = this.seen.find(fits);
      if (found !== undefined) return found;
      await once(this.#came, 'one', { signal }).catch(() =>
        assert.fail(`it did not come in ${withinMs} ms, but ${JSON.stringify(this.seen)}`),
      );
    }
  }
}

/** Looks again and again until it is so; fails after some seconds. */
export async function lookUntil(isSo: () => unknown, withinMs = 5000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, `it is not so within ${withinMs} ms`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
