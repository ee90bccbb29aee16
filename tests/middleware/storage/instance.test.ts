import assert from 'node:assert/strict';
import pg from 'pg';
import type { Scheduler } from '../../../middleware/ports.ts';
import { systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { admission, batch, leaseMs, message, now } from '../../contract/storeSamples.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { testDatabase } from '../../support/postgres.ts';
import { Awaited, joinStore, lookUntil, type SharedStore } from '../../support/sharedStores.ts';

/** How often an instance says that it is there: its timer is known by that. */
const beatMs = 1000;
/** So long it must have been heard itself before it takes others for dead. */
const graceMs = 3000;

/** A process among those that share a database, which says that it is there when the test has it say so. */
interface Joined {
  readonly store: SharedStore;
  readonly id: number;
  /** Resolves when it has said so; it looks after the others then, unless it still does. */
  beat(): Promise<void>;
  /** Says so again and again, until something is so. */
  beatUntil(isSo: () => Promise<boolean>): Promise<void>;
}

describe('an instance on PostgreSQL', function () {
  this.timeout(20_000);
  let url: string;
  let client: pg.Client;
  let ends: (() => unknown)[];
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

  const ids = async () => {
    const { rows } = await client.query<{ id: number }>('SELECT id FROM instance ORDER BY id');
    return rows.map(({ id }) => id);
  };
  async function join(): Promise<Joined> {
    let beating = Promise.withResolvers<() => void>();
    const scheduler: Scheduler = {
      after(delayMs, task) {
        if (delayMs !== beatMs) return systemScheduler.after(delayMs, task);
        beating.resolve(task);
        return () => {};
      },
    };
    const store = await joinStore(url, { scheduler, log });
    ends.push(() => store.close());
    const id = (await ids()).at(-1) ?? 0;
    const beat = async () => {
      const task = await beating.promise;
      beating = Promise.withResolvers();
      task();
      await beating.promise;
    };
    return {
      store,
      id,
      beat,
      beatUntil: isSo =>
        lookUntil(async () => {
          await beat();
          return isSo();
        }),
    };
  }
  /** To the database it has said nothing for so long. */
  const silence = (id: number, seconds = 8) =>
    client.query(
      'UPDATE instance SET seen_at = clock_timestamp() - make_interval(secs => $2) WHERE id = $1',
      [id, seconds],
    );
  const lease = (leased: number, conversation = 1) =>
    client.query("INSERT INTO lane (kind, conversation, due_at, leased) VALUES ('turn', $2, 5, $1)", [
      leased,
      conversation,
    ]);
  const leases = async () => {
    const { rows } = await client.query<{ leased: number }>('SELECT leased FROM lane ORDER BY conversation');
    return rows.map(({ leased }) => leased);
  };
  /** The machine's clock is so much later from now on, as after a sleep. */
  const sleep = (ms: number) => {
    const { now } = Date;
    Date.now = () => now() + ms;
    ends.push(() => {
      Date.now = now;
    });
  };

  /** Two, of which the one has been heard for long enough to look after the other. */
  async function joinTwo(): Promise<readonly [Joined, Joined]> {
    const two = [await join(), await join()] as const;
    sleep(graceMs);
    return two;
  }

  it('frees what one leased that was taken away before, and leaves what one has that lives', async () => {
    const living = await join();
    const stray = living.id + 1000;
    await lease(stray, 1);
    await lease(living.id, 2);
    await client.query(`INSERT INTO forward_lane (lane, due_at, leased) VALUES ('a lane', 5, $1)`, [stray]);
    await client.query(
      `INSERT INTO hook (id, url, event, created_at, due_at, leased) VALUES ('a hook', 'https://a.example/', '{}', 1, 5, $1)`,
      [stray],
    );
    await join();
    const forwards = await client.query('SELECT leased FROM forward_lane');
    const hooks = await client.query('SELECT leased FROM hook');
    assert.deepEqual(
      [await leases(), forwards.rows, hooks.rows],
      [[0, living.id], [{ leased: 0 }], [{ leased: 0 }]],
    );
  });

  it('has its web hooks to itself while it lives, whatever the time, and others have them when it is dead', async () => {
    const [silent, other] = await joinTwo();
    const event = {
      type: 'message.failed',
      at: now,
      channel: 'meta',
      business: 'b1',
      message: 'o1',
    } as const;
    await silent.store.addHooks({ ...event, conversation: 'c1', code: '131026' }, ['https://a.example/']);
    const { hooks } = await silent.store.claimHooks(now, 10, leaseMs);
    assert.equal(hooks.length, 1);
    const muchLater = now + 100 * leaseMs;
    assert.deepEqual(await other.store.claimHooks(muchLater, 10, leaseMs), {
      hooks: [],
      nextDueAt: undefined,
      dropped: 0,
    });
    await silence(silent.id);
    await other.beatUntil(async () => !(await ids()).includes(silent.id));
    assert.deepEqual((await other.store.claimHooks(now, 10, leaseMs)).hooks, hooks);
    // What the silent one makes of it does not take it from the other.
    await client.query('UPDATE hook SET leased = leased + 1000');
    await silent.store.endHook(String(hooks[0]?.id), now).catch(() => {});
    assert.equal((await client.query('SELECT 1 FROM hook WHERE leased > 1000 AND attempts = 0')).rowCount, 1);
    await client.query('UPDATE hook SET leased = 0');
  });

  it('does not know whether its life goes on when it was silent for long, and knows when it is heard again', async () => {
    const { store, beat } = await join();
    const { life } = store.sharing;
    assert.equal(life.goesOn, true);
    sleep(6600);
    assert.equal(life.goesOn, undefined);
    const known = life.known(new AbortController().signal);
    await beat();
    assert.deepEqual([await known, life.goesOn, store.sharing.life === life], [true, true, true]);
  });

  it('that was taken for dead begins another life, and nothing that it asked for in the first is answered', async () => {
    const [zombie, other] = await joinTwo();
    const { life } = zombie.store.sharing;
    await lease(zombie.id);
    await silence(zombie.id);
    await other.beatUntil(async () => !(await ids()).includes(zombie.id));
    assert.deepEqual(await leases(), [0]);
    sleep(8000);
    // It is asked for in the one life, and answered in the other.
    await client.query('BEGIN; LOCK TABLE policy IN ACCESS EXCLUSIVE MODE');
    const put = zombie.store.putPolicy({ kind: 'default' }, {});
    const answered = assert.rejects(put, { code: 'store_unavailable' });
    const known = life.known(new AbortController().signal);
    await zombie.beat();
    assert.deepEqual([await known, life.goesOn], [false, false]);
    await client.query('COMMIT');
    await answered;
    assert.equal(zombie.store.sharing.life.goesOn, true);
    assert.equal((await ids()).length, 2);
  });

  it('takes nobody for dead while it was not heard itself: the others are given the time to say that they are there', async () => {
    const [one, other] = [await join(), await join()];
    await silence(one.id);
    await silence(other.id);
    sleep(8000);
    await one.beat();
    sleep(graceMs - 1000);
    for (let times = 0; times < 5; times += 1) await one.beat();
    assert.deepEqual(await ids(), [one.id, other.id]);
    sleep(1000);
    await one.beatUntil(async () => (await ids()).length === 1);
    assert.deepEqual(await ids(), [one.id]);
  });

  it('does not fall silent over what the dead have locked still', async () => {
    const [one, other] = await joinTwo();
    await lease(other.id, 1);
    await lease(other.id, 2);
    await silence(other.id);
    await client.query('BEGIN');
    await client.query('SELECT FROM lane WHERE conversation = 1 FOR UPDATE');
    // It is heard again and again, although what is locked is locked still.
    await one.beatUntil(async () => (await leases())[1] === 0);
    await one.beat();
    assert.deepEqual(await leases(), [other.id, 0]);
    await client.query('COMMIT');
    await one.beatUntil(async () => (await leases())[0] === 0);
    assert.deepEqual(await ids(), [one.id]);
  });

  it('has escalations that the dead had claimed carried out again, and leaves those of the living', async () => {
    const [one, other] = await joinTwo();
    for (const [conversation, { id }] of [other, one].entries()) {
      await client.query(
        `INSERT INTO escalation (pk, conversation, rule, key, due_at, state) VALUES ($1, $1, '{}', 'a key', 9, 'claimed')`,
        [conversation],
      );
      await client.query(
        "INSERT INTO lane (kind, conversation, due_at, leased) VALUES ('escalation', $1, 9, $2)",
        [conversation, id],
      );
    }
    await silence(other.id);
    await one.beatUntil(async () => (await leases())[0] === 0);
    const { rows } = await client.query('SELECT due_at::int FROM escalation ORDER BY pk');
    assert.deepEqual(rows, [{ due_at: 0 }, { due_at: 9 }]);
  });

  it('takes no message of ours whose lane another has: that one is at it', async () => {
    const { store, id } = await join();
    const { admitted } = await store.admit(batch([admission(message('w1'))]));
    const conversation = admitted[0]?.conversation.id ?? '';
    const content = { type: 'text', text: 'hi' } as const;
    const request = { conversation, content, correlation: 'k', now, leaseMs };
    const { outbound } = await store.addOutbound(request);
    await client.query("UPDATE lane SET leased = $1 WHERE kind = 'outbound'", [id + 1000]);
    assert.equal(await store.nextOutbound(conversation, now), undefined);
    assert.equal((await store.outbound(outbound.ref))?.interrupted, 0);
    await client.query("UPDATE lane SET leased = $1 WHERE kind = 'outbound'", [id]);
    assert.equal((await store.nextOutbound(conversation, now))?.interrupted, 1);
  });

  it('looks again, when its lease is over, for what it may have leased by an answer that was lost', async () => {
    const timers = new Awaited<{ delayMs: number; task: () => void }>();
    const scheduler: Scheduler = {
      after(delayMs, task) {
        timers.add({ delayMs, task });
        return () => {};
      },
    };
    const store = await joinStore(url, { scheduler, log });
    ends.push(() => store.close());
    const news: string[] = [];
    store.sharing.onNews(({ what }) => news.push(what));
    await client.query('BEGIN; LOCK TABLE policy IN ACCESS EXCLUSIVE MODE');
    const failed = assert.rejects(store.putPolicy({ kind: 'default' }, {}), { code: 'store_unavailable' });
    await lookUntil(async () => {
      const { rowCount } = await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rowCount;
    });
    await failed;
    await client.query('COMMIT');
    assert.deepEqual(news, []);
    (await timers.until(({ delayMs }) => delayMs === 11_000)).task();
    assert.deepEqual(news, ['due']);
  });
});
