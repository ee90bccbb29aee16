import type pg from 'pg';
import { openPool } from '../../middleware/storage/postgres/openPool.ts';
import { providerKey } from '../../middleware/storage/sql/ledger.ts';
import { openBenchStore } from './benchStores.ts';
import { customerOf, customers, outboundContent, providerIdOf, sentAt } from './ledgerFile.ts';
import { benchBusiness } from './samples.ts';

/** A statement may take minutes. */
const patience = { statementMs: 600_000, answerMs: 610_000 };

/** The indexes of the two large tables are made once the rows are there: one by one they would take most of the time. */
const indexed = ['outbound', 'ledger'];

/**
 * Makes a ledger of so many rows in an empty database, as `fillLedger` does in a file: of the last ones statuses will come.
 *
 * @param url of the database
 * @param rows how long the ledger is
 * @param latest how many of them, the last, have messages that statuses will come for
 */
export async function fillLedgerDatabase(url: string, rows: number, latest: number): Promise<void> {
  await (await openBenchStore(url)).close();
  const pool = openPool({ url, patience });
  try {
    const restore = await dropIndexes(pool);
    await pool.query(
      `INSERT INTO conversation (id, channel, business, customer, holder, window_from)
       SELECT 'c_' || i, 'meta', $1, customer, 'bot', $2::bigint
       FROM unnest($3::text[]) WITH ORDINALITY AS t (customer, i) ORDER BY i`,
      [benchBusiness, sentAt - 1000, Array.from({ length: customers }, (_, index) => customerOf(index))],
    );
    await pool.query(
      `INSERT INTO outbound (conversation, hash, content, correlation, state, provider_id, attempts, created_at, due_at)
       SELECT 1 + i % ${customers}, sha256(int8send(i)), $1, md5(i::text), 'sent', 'wamid.HBgN' || md5(i::text) || 'AA==', 1, $2, $2
       FROM generate_series(0, $3::bigint - 1) AS i`,
      [outboundContent, sentAt, rows - latest],
    );
    await pool.query(
      `INSERT INTO ledger (pk, conversation, provider, level, accepted_at, sent_at, delivered_at, read_at)
       SELECT pk, conversation, decode(md5(pk::text), 'hex'), 3, created_at, created_at, created_at, created_at FROM outbound`,
    );
    await pool.query(
      `WITH added AS (INSERT INTO outbound (conversation, hash, content, correlation, state, provider_id, attempts, created_at, due_at)
         SELECT 1 + (i - 1) % ${customers}, '', $1, 'k-' || i - 1, 'sent', id, 1, $2, $2
         FROM unnest($3::text[]) WITH ORDINALITY AS t (id, i) ORDER BY i RETURNING pk, conversation, provider_id)
       INSERT INTO ledger (pk, conversation, provider, accepted_at)
         SELECT pk, conversation, key, $2 FROM added JOIN unnest($3::text[], $4::bytea[]) AS k (id, key) ON id = provider_id`,
      await latestOf(latest),
    );
    for (const index of restore) await pool.query(index);
    // As autovacuum leaves a table that has stood for a while.
    for (const table of ['conversation', ...indexed]) await pool.query(`VACUUM ANALYZE ${table}`);
    await pool.query('CHECKPOINT');
  } finally {
    await pool.end();
  }
}

function latestOf(latest: number): unknown[] {
  const ids = Array.from({ length: latest }, (_, index) => providerIdOf(index));
  const keys = ids.map(providerId => providerKey({ channel: 'meta', providerId }));
  return [outboundContent, sentAt, ids, keys];
}

/** Takes away what keys and indexes the tables have; answers how they are made again. */
async function dropIndexes(pool: pg.Pool): Promise<readonly string[]> {
  const { rows: constraints } = await pool.query(
    `SELECT conrelid::regclass AS "of", conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE contype IN ('p', 'u') AND conrelid = ANY ($1::regclass[])`,
    [indexed],
  );
  for (const { of, name } of constraints) await pool.query(`ALTER TABLE ${of} DROP CONSTRAINT ${name}`);
  const { rows: indexes } = await pool.query(
    'SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE tablename = ANY ($1)',
    [indexed],
  );
  for (const { name } of indexes) await pool.query(`DROP INDEX ${name}`);
  return [
    ...constraints.map(
      ({ of, name, definition }) => `ALTER TABLE ${of} ADD CONSTRAINT ${name} ${definition}`,
    ),
    ...indexes.map(({ definition }) => definition),
  ];
}
