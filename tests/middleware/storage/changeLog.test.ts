import assert from 'node:assert/strict';
import pg from 'pg';
import type { ChangeLog } from '../../../middleware/changeLog.ts';
import type { Scheduler } from '../../../middleware/ports.ts';
import { ChangeTable } from '../../../middleware/storage/postgres/changes/changeTable.ts';
import { ChangeTail } from '../../../middleware/storage/postgres/changes/changeTail.ts';
import { placeOf } from '../../../middleware/storage/postgres/changes/place.ts';
import { systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { blocks } from '../../docs/blocks.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { testDatabase } from '../../support/postgres.ts';
import { Awaited, cutLines, hasty, joinStore, lookUntil } from '../../support/sharedStores.ts';

/** The log of one process, with what is known of it from outside. */
interface Joined extends ChangeLog {
  /** `begin` and `end`, as it was told to add changes, or to cease. */
  readonly asked: Awaited<string>;
  /** Calls `until` again whenever something was added, and resolves when it answers true. */
  readUntil(until: () => Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

describe('the log of what changed in processes that share a store', () => {
  let url: string;
  let client: pg.Client;
  let ends: (() => Promise<unknown>)[];
  const log = quietLog();

  beforeEach(async () => {
    url = await testDatabase();
    client = new pg.Client(url);
    await client.connect();
    ends = [];
  });
  afterEach(async () => {
    for (const end of ends.reverse()) await end();
    await client.end();
  });

  async function join(scheduler: Scheduler = systemScheduler): Promise<Joined> {
    const store = await joinStore(url, { scheduler, log });
    const { changes } = store.sharing;
    ends.push(() => store.close());
    const asked = new Awaited<string>();
    changes.whenRead(() => {
      asked.add('begin');
      return () => asked.add('end');
    });
    return {
      asked,
      whenRead: begin => changes.whenRead(begin),
      add: change => changes.add(change),
      follow: wake => changes.follow(wake),
      latest: () => changes.latest(),
      after: (id, limit) => changes.after(id, limit),
      async readUntil(until) {
        const woken = new Awaited<true>();
        const leave = changes.follow(() => woken.add(true));
        while (!(await until())) {
          await woken.until(() => true);
          woken.seen.length = 0;
        }
        leave();
      },
      close: () => store.close(),
    };
  }

  /** Whom `docs/stream.md` has the operator find. */
  const whoHangs = async () => {
    const shown = blocks.find(({ file, language }) => file === 'docs/stream.md' && language === 'sql');
    const { rows } = await client.query(shown?.text ?? assert.fail('the page shows no question'));
    return rows.map(({ pid }) => ({ pid }));
  };

  /** What is behind an id, by its conversations; `undefined`: it is not all there. */
  async function behind(changes: ChangeLog, id: string): Promise<readonly string[] | undefined> {
    const found = await changes.after(id, 100);
    return found?.map(({ conversation }) => String(conversation));
  }

  const behindAll = async (changes: ChangeLog, id: string) =>
    (await changes.after(id, 1000))?.map(({ conversation }) => String(conversation));

  const waitFor = async (changes: Joined, id: string, expected: readonly string[]) => {
    let got: readonly string[] | undefined;
    await changes.readUntil(async () => {
      got = await behind(changes, id);
      return (got?.length ?? 0) >= expected.length;
    });
    assert.deepEqual(got, expected);
  };

  it('has all of them add before the first reader begins, and shows each what the others added', async () => {
    const [one, other] = [await join(), await join()];
    assert.deepEqual([one.asked.seen, other.asked.seen], [[], []]);
    const start = await one.latest();
    assert.deepEqual([one.asked.seen, other.asked.seen], [['begin'], ['begin']]);
    other.add({ conversation: 'a' });
    await waitFor(one, start, ['a']);
    one.add({ conversation: 'b' });
    await waitFor(other, start, ['a', 'b']);
    const late = await join();
    await late.asked.until(what => what === 'begin');
    late.add({});
    await waitFor(one, start, ['a', 'b', 'undefined']);
    const [first, second, third] = (await late.after(start, 10)) ?? [];
    assert.deepEqual(JSON.parse(String(first?.text)), { id: first?.id, conversation: 'a' });
    assert.deepEqual(JSON.parse(String(third?.text)), { id: third?.id });
    assert.deepEqual(await behind(one, String(second?.id)), ['undefined']);
    assert.deepEqual(await behind(one, String(third?.id)), []);
  });

  it('leaves out nothing of a transaction that ends after a later one', async () => {
    const [one, other] = [await join(), await join()];
    const start = await one.latest();
    await client.query('BEGIN');
    await client.query(`INSERT INTO change (conversation, item) VALUES ('slow', '{}')`);
    other.add({ conversation: 'quick' });
    const woken = new Awaited<true>();
    const leave = other.follow(() => woken.add(true));
    const added = new pg.Client(url);
    await added.connect();
    const count = async () => (await added.query('SELECT 1 FROM change')).rowCount;
    await lookUntil(async () => (await count()) !== 0);
    await added.end();
    assert.deepEqual([await behind(one, start), await behind(other, start)], [[], []]);
    await client.query('COMMIT');
    await waitFor(one, start, ['slow', 'quick']);
    await waitFor(other, start, ['slow', 'quick']);
    leave();
  });

  it('waits for no transaction that adds nothing, and leaves out nothing of one that does', async () => {
    const stranger = new pg.Client(url);
    await stranger.connect();
    ends.push(() => stranger.end());
    await stranger.query('BEGIN; CREATE TABLE of_somebody_else (a int)');
    const [one, other] = [await join(), await join()];
    const start = await one.latest();
    other.add({ conversation: 'a' });
    await waitFor(one, start, ['a']);
    const [a] = (await one.after(start, 1)) ?? [];
    await client.query('BEGIN');
    await client.query(`INSERT INTO change (conversation, item) VALUES ('slow', '{}')`);
    other.add({ conversation: 'quick' });
    const count = async () => (await stranger.query('SELECT 1 FROM change')).rowCount;
    await lookUntil(async () => (await count()) === 2);
    assert.deepEqual([await behind(one, start), await behind(other, String(a?.id))], [['a'], []]);
    assert.deepEqual(await whoHangs(), (await client.query('SELECT pg_backend_pid() AS pid')).rows);
    const late = await other.latest();
    await client.query('COMMIT');
    await waitFor(one, start, ['a', 'slow', 'quick']);
    await waitFor(other, late, ['slow', 'quick']);
    // Whoever comes again behind what is held in memory reads the table, past the stranger as well.
    assert.deepEqual(await behind(await join(), start), ['a', 'slow', 'quick']);
  });

  it('shows each of many at once in one order, to whoever reads meanwhile, beside a transaction of a stranger', async () => {
    const stranger = new pg.Client(url);
    await stranger.connect();
    ends.push(() => stranger.end());
    await stranger.query('BEGIN; CREATE TABLE of_somebody_else (a int)');
    const one = await join();
    const start = await one.latest();
    const pool = new pg.Pool({ connectionString: url, max: 6 });
    ends.push(() => pool.end());
    const table = new ChangeTable(pool, { id: 0 });
    const writers = Array.from({ length: 4 }, async (_, of) => {
      for (let each = 0; each < 50; each += 1)
        await table.add([{ conversation: `${of}-${each}`, text: '{}' }]);
    });
    const seen: string[] = [];
    let place = placeOf(start);
    const read = async () => {
      for (const change of (place && (await table.after(place, 1000)))?.changes ??
        assert.fail('it is whole')) {
        seen.push(String(change.conversation));
        place = change.place;
      }
    };
    let written = false;
    const all = Promise.all(writers).then(() => {
      written = true;
    });
    while (!written) await read();
    await all;
    await lookUntil(async () => {
      await read();
      return seen.length >= 200;
    });
    assert.deepEqual(seen, await behindAll(one, start));
    assert.equal(new Set(seen).size, 200);
  });

  it('asks ever less often for what nobody may read yet, up to once a second', async () => {
    const one = await join();
    await one.latest();
    const pool = new pg.Pool({ connectionString: url });
    ends.push(() => pool.end());
    const table = new ChangeTable(pool, { id: 0 });
    let now = 0;
    const waited: number[] = [];
    const enough = Promise.withResolvers<void>();
    const after = (delayMs: number, task: () => void) => {
      if (delayMs > 0) waited.push(delayMs);
      now += delayMs;
      if (waited.length < 9) setImmediate(task);
      else enough.resolve();
      return () => {};
    };
    const from = await table.latest();
    await client.query('BEGIN');
    await client.query(`INSERT INTO change (conversation, item) VALUES ('slow', '{}')`);
    await table.add([{ conversation: 'quick', text: '{}' }]);
    const tail = new ChangeTail({
      table: { latest: async () => from, after: (...asked) => table.after(...asked) },
      clock: { now: () => now },
      scheduler: { after },
      log,
    });
    tail.follow(() => {});
    await enough.promise;
    assert.deepEqual(waited, [20, 20, 40, 80, 160, 320, 640, 1000, 1000]);
    await tail.close();
    await client.query('COMMIT');
  });

  it('keeps the order of each process, in how many batches it comes', async () => {
    const [one, other] = [await join(), await join()];
    const start = await one.latest();
    const names = (of: string) => Array.from({ length: 40 }, (_, index) => `${of}${index}`);
    for (let index = 0; index < 40; index += 1) {
      one.add({ conversation: `a${index}` });
      other.add({ conversation: `b${index}` });
      if (index % 8 === 0) await new Promise(resolve => setTimeout(resolve, 5));
    }
    await one.readUntil(async () => (await behind(one, start))?.length === 80);
    const all = (await behind(other, start)) ?? [];
    assert.deepEqual(
      all.filter(name => name.startsWith('a')),
      names('a'),
    );
    assert.deepEqual(
      all.filter(name => name.startsWith('b')),
      names('b'),
    );
    assert.deepEqual(all, await behind(one, start));
  });

  it('knows no id that it never gave, of another log, or of what is gone', async () => {
    const one = await join(hasty);
    const start = await one.latest();
    const [epoch = '', xid] = start.split('-');
    one.add({ conversation: 'a' });
    await waitFor(one, start, ['a']);
    for (const id of [
      '',
      'no',
      `${epoch}-1`,
      `${epoch}-${xid}-x`,
      `${epoch}-999999999999-0`,
      `${start.startsWith('0') ? '1' : '0'}${start.slice(1)}`,
    ])
      assert.equal(await behind(one, id), undefined, id);
    const [a] = (await one.after(start, 1)) ?? [];
    await client.query(`UPDATE change SET at = at - interval '1 hour'`);
    const isGone = async () => (await client.query('SELECT 1 FROM change')).rowCount === 0;
    await lookUntil(isGone);
    // What was held in memory is forgotten with the last who follows.
    assert.equal(await behind(one, start), undefined);
    assert.deepEqual(await behind(one, String(a?.id)), []);
  });

  it('ends when nobody has read for minutes, and begins anew with the next', async () => {
    const [one, other] = [await join(hasty), await join(hasty)];
    const start = await one.latest();
    one.add({ conversation: 'a' });
    await waitFor(other, start, ['a']);
    // Again and again: a reader that was just at it says once more until when.
    await lookUntil(async () => {
      await client.query(`UPDATE change_log SET read_until = clock_timestamp() - interval '1 second'`);
      return [one, other].every(({ asked }) => asked.seen.includes('end'));
    });
    assert.equal((await client.query('SELECT 1 FROM change')).rowCount, 0);
    assert.equal(await behind(one, start), undefined);
    await one.latest();
    assert.deepEqual(
      [one.asked.seen, other.asked.seen],
      [
        ['begin', 'end', 'begin'],
        ['begin', 'end', 'begin'],
      ],
    );
    assert.equal(await behind(other, start), undefined);
  });

  it('goes on while somebody reads, however long', async () => {
    const one = await join(hasty);
    const leave = one.follow(() => {});
    const start = await one.latest();
    for (let times = 0; times < 3; times += 1) {
      await client.query(`UPDATE change_log SET read_until = clock_timestamp() + interval '1 second'`);
      const isLonger = `SELECT 1 FROM change_log WHERE read_until > clock_timestamp() + interval '1 minute'`;
      await lookUntil(async () => (await client.query(isLonger)).rowCount === 1);
    }
    assert.deepEqual(await behind(one, start), []);
    leave();
  });

  it('begins anew where a process has died, or could not add: what it held is missing', async () => {
    const one = await join(hasty);
    // One that has died does not say that it adds.
    await client.query('INSERT INTO instance DEFAULT VALUES');
    const start = await one.latest();
    assert.ok(log.lines.some(({ message }) => message.includes('does not say that it tells')));
    await client.query(
      `UPDATE instance SET seen_at = seen_at - interval '8 seconds' WHERE id = (SELECT max(id) FROM instance)`,
    );
    const leave = one.follow(() => {});
    await lookUntil(async () => (await behind(one, start)) === undefined);

    const again = await one.latest();
    await client.query(`ALTER TABLE change ADD CHECK (conversation <> 'refused')`);
    one.add({ conversation: 'refused' });
    await lookUntil(async () => (await behind(one, again)) === undefined);
    const anew = await one.latest();
    one.add({ conversation: 'a' });
    await waitFor(one, anew, ['a']);
    leave();
  });

  it('leaves out nothing where the connections for news were cut', async () => {
    const [one, other] = [await join(), await join()];
    const start = await one.latest();
    const leave = one.follow(() => {});
    const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
    for (const [index, conversation] of names.entries()) {
      other.add({ conversation });
      if (index % 4 === 1) await cutLines(client);
    }
    await waitFor(one, start, names);
    leave();
  });

  it('has what a process still had to add when it ends', async () => {
    const [one, other] = [await join(), await join()];
    const start = await one.latest();
    other.add({ conversation: 'a' });
    other.add({ conversation: 'b' });
    await other.close();
    await waitFor(one, start, ['a', 'b']);
  });
});
