import assert from 'node:assert/strict';
import { lookUntil, storeAndClient } from '../../support/sharedStores.ts';

describe('an instance on PostgreSQL that waits for something', function () {
  this.timeout(20_000);
  const opened = storeAndClient();
  const admit = (id: string, customer: string) => opened.admit(id, customer);
  /** How many of its connections wait for a lock. */
  const waiting = async () => {
    const { rows } = await opened.client.query<{ count: string }>(
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return Number(rows[0]?.count);
  };
  const seenAt = async () => {
    const { rows } = await opened.client.query<{ at: Date }>('SELECT seen_at AS at FROM instance');
    return rows[0]?.at.getTime() ?? 0;
  };

  it('says that it is there, and takes webhooks, however many slow pages are read', async () => {
    await opened.client.query('BEGIN; LOCK TABLE privacy_act IN ACCESS EXCLUSIVE MODE');
    const pages = Array.from({ length: 20 }, () => opened.store.privacyActs({ limit: 10 }));
    await lookUntil(async () => (await waiting()) > 0);
    const from = await seenAt();
    assert.equal(await admit('w1', '49155501'), 'admitted');
    await lookUntil(async () => (await seenAt()) > from);
    assert.equal(await waiting(), 1);
    await opened.client.query('COMMIT');
    for (const page of await Promise.all(pages)) assert.deepEqual(page, []);
  });

  it('serves others beside a conversation that somebody has locked, and tells that one’s caller to come again', async () => {
    assert.equal(await admit('w1', '49155501'), 'admitted');
    await opened.client.query("BEGIN; SELECT FROM conversation WHERE customer = '49155501' FOR UPDATE");
    const others = ['49155502', '49155503', '49155504'];
    const [stuck, ...served] = await Promise.allSettled([
      admit('w2', '49155501'),
      ...others.map(customer => admit(`of ${customer}`, customer)),
    ]);
    assert.deepEqual(
      served.map(each => each.status === 'fulfilled' && each.value),
      ['admitted', 'admitted', 'admitted'],
    );
    assert.equal(stuck?.status === 'rejected' && stuck.reason.code, 'store_unavailable');
    await opened.client.query('COMMIT');
    assert.equal(await admit('w2', '49155501'), 'admitted');
  });

  it('keeps its connections where two have made the same conversation at once', async () => {
    const pids = async () => {
      const { rows } = await opened.client.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bluetick' ORDER BY pid",
      );
      return rows.map(({ pid }) => pid);
    };
    await admit('w1', '49155501');
    const before = await pids();
    // It is written, and not committed, while the instance looks: then its own is there first, or second.
    await opened.client.query('BEGIN');
    await opened.client.query(
      `INSERT INTO conversation (id, channel, business, customer, holder, window_from)
       VALUES ('c_other', 'meta', 'b1', '49155502', 'bot', 0)`,
    );
    const admitted = admit('w2', '49155502');
    await lookUntil(async () => (await waiting()) > 0);
    await opened.client.query('COMMIT');
    assert.equal(await admitted, 'admitted');
    const after = await pids();
    assert.deepEqual(
      before.filter(pid => !after.includes(pid)),
      [],
    );
  });
});
