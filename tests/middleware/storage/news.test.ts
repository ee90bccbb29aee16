import assert from 'node:assert/strict';
import pg from 'pg';
import { createPolicyBook } from '../../../middleware/policy/policyBook.ts';
import type { Capabilities, News, Scheduler, Store } from '../../../middleware/ports.ts';
import { createEngine, type Engine } from '../../../middleware/receipts/engine.ts';
import { PolicyFollower } from '../../../middleware/receipts/policyFollower.ts';
import { PolicySettings } from '../../../middleware/receipts/policySettings.ts';
import { type Word, words } from '../../../middleware/storage/postgres/news.ts';
import { NewsLine } from '../../../middleware/storage/postgres/newsLine.ts';
import { openLine } from '../../../middleware/storage/postgres/openPool.ts';
import { systemClock, systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { Link } from '../../fault/link.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { testDatabase } from '../../support/postgres.ts';
import { independent, metaLike, type SeenCall, scriptedChannel } from '../../support/scriptedChannel.ts';
import {
  Awaited,
  cutLines,
  dead,
  hasty,
  joinStore,
  lookUntil,
  type SharedStore,
} from '../../support/sharedStores.ts';
import { batchOf } from './batchOf.ts';

const noRoom = 0;
/** Far below every time after which something is looked for again, also on a machine that is busy. */
const quicklyMs = 1500;

describe('what processes that share a store tell one another', () => {
  let url: string;
  let client: pg.Client;
  let ends: (() => Promise<unknown>)[];
  let log: ReturnType<typeof quietLog>;

  beforeEach(async () => {
    url = await testDatabase();
    client = new pg.Client(url);
    await client.connect();
    ends = [];
    log = quietLog();
  });
  afterEach(async () => {
    for (const end of ends.reverse()) await end();
    await client.end();
  });

  async function join(scheduler: Scheduler = systemScheduler): Promise<SharedStore> {
    const store = await joinStore(url, { scheduler, log });
    ends.push(() => store.close());
    return store;
  }

  const newsOf = ({ sharing }: SharedStore) => {
    const news = new Awaited<News>();
    ends.push(async () => leave());
    const leave = sharing.onNews(each => news.add(each));
    return news;
  };

  /** The engine of a process, idle, and the calls that it makes to its provider. */
  function work(store: Store): { engine: Engine; calls: Awaited<SeenCall> } {
    const channel = scriptedChannel(metaLike, () => 0);
    const calls = new Awaited<SeenCall>();
    channel.answer = call => {
      calls.add(call);
      return {};
    };
    const engine = createEngine({
      store,
      channels: [channel],
      policies: createPolicyBook({}, [channel]),
      log,
    });
    engine.start();
    ends.push(() => engine.stop());
    return { engine, calls };
  }

  /** A message whose receipt is due, and no turn. */
  function owed(key: string, dueInMs: number, leaseMs: number) {
    const now = Date.now();
    const { admissions, ...batch } = batchOf({ key, sentAt: now });
    const receipt = { outcome: 'scheduled', dueAt: now + dueInMs, because: 'accepted' } as const;
    return {
      ...batch,
      admissions: admissions.map(each => ({ ...each, receipt, turn: false })),
      now,
      leaseMs,
    };
  }

  it('has what one has no room for taken by another at once', async () => {
    const [full, idle] = [await join(), await join()];
    const { calls } = work(idle);
    await full.admit(owed('warm', 0, noRoom));
    await calls.until(({ messageId }) => messageId === 'warm');
    const begun = performance.now();
    await full.admit(owed('m1', 0, noRoom));
    await calls.until(({ messageId }) => messageId === 'm1');
    const tookMs = performance.now() - begun;
    assert.ok(tookMs < quicklyMs, `it took ${tookMs} ms`);
  });

  it('has a receipt that is due later leave from another process when its own has ended', async () => {
    const [ending, idle] = [await join(), await join()];
    const { calls } = work(idle);
    const batch = owed('m1', 400, 10_000);
    assert.deepEqual((await ending.admit(batch)).claims, []);
    await ending.close();
    const { at } = await calls.until(({ what }) => what === 'read');
    const lateMs = at - batch.now - 400;
    assert.ok(lateMs >= 0 && lateMs < quicklyMs, `${lateMs} ms late`);
  });

  it('has what a dead one was at, and what it would have been at later, done by another', async () => {
    const dying = await join(dead);
    const idle = await join(hasty);
    const { calls } = work(idle);
    assert.equal((await dying.admit(owed('now', 0, 10_000))).claims.length, 1);
    await dying.admit(owed('later', 300, 10_000));
    // The process is silent from now on: so it is for the database, by whose clock it is dead after a while.
    await client.query(
      `UPDATE instance SET seen_at = seen_at - interval '8 seconds' WHERE id = (SELECT min(id) FROM instance)`,
    );
    await calls.until(({ messageId }) => messageId === 'now');
    await calls.until(({ messageId }) => messageId === 'later');
    // They are of two customers: either may be first.
    assert.deepEqual(calls.seen.map(({ messageId }) => messageId).sort(), ['later', 'now']);
    // Its word wakes whoever looks next before the one that has given it hears that it is kept.
    await lookUntil(() => log.lines.some(({ message }) => message.includes('is dead')));
  });

  it('is said where more is due than one can take, and not where nothing is left', async () => {
    const [one, other] = [await join(), await join()];
    const news = newsOf(other);
    for (const key of ['m1', 'm2', 'm3']) await one.admit(owed(key, 1, 10_000));
    const room = { receipt: 2, turn: 2, outbound: 2, escalation: 2 };
    const soon = Date.now() + 1000;
    assert.equal((await one.claimDue(soon, room, 10_000)).claims.length, 2);
    await news.until(({ what }) => what === 'due');
    assert.equal((await one.claimDue(soon + 1000, room, 10_000)).claims.length, 1);
    // Whatever the claim has said comes before this.
    await one.putPolicy({ kind: 'default' }, {});
    await news.until(({ what }) => what === 'policies');
    assert.equal(news.seen.length, 2);
  });

  it('is said of a request to pass on that nobody took, and not of one that was', async () => {
    const [one, other] = [await join(), await join()];
    const news = newsOf(other);
    const request = { headers: {}, body: '' };
    const forward = (lane: string) => ({ channel: 'twilio', key: lane, lane, request }) as const;
    await one.addForward(forward('taken'), Date.now(), 10_000);
    await one.putPolicy({ kind: 'default' }, {});
    await news.until(({ what }) => what === 'policies');
    await one.addForward(forward('left'), Date.now(), noRoom);
    await news.until(({ what }) => what === 'due');
    assert.deepEqual(news.seen, [{ what: 'policies' }, { what: 'due' }]);
  });

  it('is not heard by whoever says it', async () => {
    const [one, other] = [await join(), await join()];
    const [own, news] = [newsOf(one), newsOf(other)];
    await one.admit(owed('m1', 0, noRoom));
    await news.until(({ what }) => what === 'due');
    await other.putPolicy({ kind: 'default' }, {});
    await own.until(({ what }) => what === 'policies');
    assert.deepEqual([own.seen, news.seen], [[{ what: 'policies' }], [{ what: 'due' }]]);
  });

  it('has a policy that is put in one decide in all within a second; one that does not fit is left out there', async () => {
    const follow = async (store: SharedStore, capabilities: Capabilities) => {
      const channel = scriptedChannel(capabilities, () => 0);
      const policies = await PolicySettings.load(store, createPolicyBook({}, [channel]));
      const clocks = { clock: systemClock, scheduler: systemScheduler };
      const follower = new PolicyFollower({ ...clocks, policies, store, log });
      follower.start();
      ends.push(() => follower.stop());
      return policies;
    };
    const here = await follow(await join(), independent);
    const there = await follow(await join(), metaLike);
    const read = (policies: PolicySettings, business: string) =>
      policies.resolve({ channel: 'meta', business }).policy.read.when;
    const until = (isSo: () => boolean) => lookUntil(isSo, 1000);
    await here.put({ kind: 'business', id: 'b1' }, { read: { when: 'manual' } });
    await until(() => read(there, 'b1') === 'manual');
    assert.equal(there.documentOf({ kind: 'business', id: 'b1' })?.source, 'stored');

    // Typing would mark messages read on a channel as this is there.
    await here.put({ kind: 'business', id: 'b2' }, { read: { when: 'never' }, typing: { show: true } });
    await until(() => log.lines.some(({ message }) => message.includes('does not fit here')));
    assert.deepEqual([read(there, 'b2'), read(there, 'b1')], ['accepted', 'manual']);

    await there.remove({ kind: 'business', id: 'b1' });
    await until(() => read(here, 'b1') === 'accepted');
    assert.deepEqual([read(here, 'b2'), read(there, 'b2')], ['never', 'accepted']);
  });

  it('is told anew, all of it, where the connection was cut meanwhile', async () => {
    const [one, other] = [await join(), await join()];
    const news = newsOf(other);
    assert.equal(await cutLines(client), 2);
    await news.until(({ what }) => what === 'due');
    await news.until(({ what }) => what === 'policies');
    assert.equal(news.seen.length, 2);
    const told = newsOf(other);
    await one.putPolicy({ kind: 'default' }, {});
    await told.until(({ what }) => what === 'policies');
  });

  it('is told anew where nobody answered any more on a connection that seemed to be there', async () => {
    const at = new URL(url);
    const link = await Link.before(Number(at.port));
    at.port = String(link.port);
    const patience = { connectMs: 100, lineMs: 100 };
    const open = () => openLine({ url: at.href, patience });
    const line = new NewsLine({ open, me: { id: 7 }, scheduler: hasty, log });
    const told = new Awaited<Word>();
    line.hear(word => told.add(word));
    await line.start();
    ends.push(async () => {
      await line.stop();
      await link.close();
    });
    const logged = new Awaited<string>();
    log.warn = (_fields: object, message: string) => logged.add(message);
    await link.set('halfOpen');
    await client.query(`NOTIFY bluetick, 'due 1'`);
    await logged.until(message => message.includes('is lost'));
    await logged.until(message => message.includes('cannot be heard yet'));
    assert.deepEqual(told.seen, []);
    await link.set('open');
    await told.until(word => word === words.at(-1));
    assert.deepEqual(told.seen, words);
    await client.query(
      `SELECT pg_notify('bluetick', said) FROM unnest(ARRAY['due 7', 'later 1', 'due 1']) AS said`,
    );
    await told.until(() => told.seen.length > words.length);
    assert.equal(told.seen.length, words.length + 1);
  });
});
