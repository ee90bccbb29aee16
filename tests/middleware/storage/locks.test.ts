import assert from 'node:assert/strict';
import pg from 'pg';
import type { Sharing, Store } from '../../../middleware/ports.ts';
import { openPostgresStore } from '../../../middleware/storage/postgres/openPostgresStore.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { testDatabase } from '../../support/postgres.ts';

describe('what processes that share a store do alone', () => {
  let url: string;
  let stores: Store[];
  const log = quietLog();
  const open = async (lockMs = 10_000): Promise<Sharing> => {
    const store = await openPostgresStore({ url, log, connections: 4, patience: { lockMs } });
    stores.push(store);
    assert.ok(store.sharing !== undefined);
    return store.sharing;
  };
  /** Something that goes on until it is told to end. */
  const work = () => {
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const act = async () => {
      begun.resolve();
      await end.promise;
      return 'done';
    };
    return { act, begun: begun.promise, end: () => end.resolve() };
  };

  before(async () => {
    url = await testDatabase();
  });
  beforeEach(() => {
    stores = [];
  });
  afterEach(async () => {
    await Promise.all(stores.map(store => store.close()));
  });

  it('is done by one process at a time, and by one in it, under one key', async () => {
    const both = [await open(), await open()];
    let inside = 0;
    let done = 0;
    const act = async () => {
      inside += 1;
      assert.equal(inside, 1);
      await new Promise(resolve => setTimeout(resolve, 2));
      inside -= 1;
      done += 1;
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => both[index % 2]?.alone('one', act)));
    assert.equal(done, 20);
  });

  it('goes on beside what has another key, however much that is', async () => {
    const [one, other] = [await open(), await open()];
    const works = Array.from({ length: 50 }, work);
    const all = works.map(({ act }, index) => (index % 2 === 0 ? one : other).alone(`key ${index}`, act));
    await Promise.all(works.map(({ begun }) => begun));
    for (const { end } of works) end();
    assert.deepEqual(new Set(await Promise.all(all)), new Set(['done']));
  });

  it('keeps the order in which it came here', async () => {
    const one = await open();
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map(each => one.alone('one', async () => void order.push(each))));
    assert.deepEqual(order, [1, 2, 3, 4]);
  });

  it('lets the next one in after one that fails', async () => {
    const [one, other] = [await open(), await open()];
    const failing = one.alone('one', () => Promise.reject(new Error('it fails')));
    await assert.rejects(failing, /it fails/);
    assert.equal(await other.alone('one', async () => 'in'), 'in');
  });

  it('gives up on what another process is at for too long', async () => {
    const [one, other] = [await open(), await open(100)];
    const first = work();
    const going = one.alone('one', first.act);
    await first.begun;
    await assert.rejects(
      other.alone('one', async () => assert.fail('it ran')),
      { code: 'store_unavailable' },
    );
    first.end();
    await going;
    assert.equal(await other.alone('one', async () => 'in'), 'in');
  });

  it('goes on where its connection is cut, and the next one finds another', async () => {
    const one = await open();
    const first = work();
    const going = one.alone('one', first.act);
    await first.begun;
    const told = new Promise<void>(resolve => {
      const warn = log.warn.bind(log);
      log.warn = (fields, message) => {
        warn(fields, message);
        if (message.startsWith('Locks were lost')) resolve();
      };
    });
    const client = new pg.Client(url);
    await client.connect();
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    await client.end();
    await told;
    first.end();
    assert.equal(await going, 'done');
    assert.equal(await one.alone('one', async () => 'in'), 'in');
  });

  it('is refused once the store is closed', async () => {
    const one = await open();
    await one.alone('one', async () => {});
    await Promise.all(stores.map(store => store.close()));
    stores = [];
    await assert.rejects(
      one.alone('one', async () => assert.fail('it ran')),
      { code: 'store_unavailable' },
    );
  });
});
