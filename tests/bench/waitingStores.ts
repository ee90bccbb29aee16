import { openPool } from '../../middleware/storage/postgres/openPool.ts';
import { openDatabase } from '../../middleware/storage/sqlite/openDatabase.ts';
import { bareContent, receiptLifeMs } from './bareRows.ts';
import { fileIn, isDatabase, openBenchStore } from './benchStores.ts';
import { benchBusiness } from './samples.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** A statement may take minutes. */
const patience = { statementMs: 600_000, answerMs: 610_000 };

/** The provider's id of the n-th message whose receipt waits, from 1. */
export const waitingId = (number: number) => `wamid.wait-${number}`;

/**
 * Fills an empty store with receipts that wait: each is of another conversation, and due in a day. By SQL, as one by one it
 * would take minutes.
 */
export async function fillWaiting(place: string, count: number): Promise<void> {
  await (await openBenchStore(place)).close();
  const now = Date.now();
  const dueAt = now + dayMs;
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  const bytes = isDatabase(place) ? `decode(md5(CAST(i AS text)), 'hex')` : 'randomblob(16)';
  await run(place, [
    `${numbers} INSERT INTO conversation (id, channel, business, customer, holder, window_from)
     SELECT 'c_' || i, 'meta', '${benchBusiness}', '49' || (100000000000 + i), 'bot', ${now} FROM n ORDER BY i`,
    `${numbers} INSERT INTO inbound (conversation, dedupe, provider_id, kind, content, characters, sent_at, admitted_at, receipt,
       due_at, because, expires_at, solo)
     SELECT i, ${bytes}, 'wamid.wait-' || i, 'message', '${bareContent}', 72, ${now}, ${now}, 'scheduled', ${dueAt},
       'delayed by the policy', ${now + receiptLifeMs}, 0 FROM n ORDER BY i`,
    `INSERT INTO receipt_step (message, at, outcome, due_at, because, caused_by)
     SELECT pk, ${now}, 'scheduled', ${dueAt}, 'delayed by the policy', 'policy' FROM inbound ORDER BY pk`,
    `INSERT INTO lane (kind, conversation, due_at, leased) SELECT 'receipt', pk, ${dueAt}, 0 FROM conversation ORDER BY pk`,
    ...(isDatabase(place) ? ['VACUUM ANALYZE'] : []),
  ]);
}

/** Makes the n-th receipt due at once. */
export async function makeDue(place: string, number: number): Promise<void> {
  await run(place, [
    `UPDATE inbound SET due_at = 1 WHERE conversation = ${number}`,
    `UPDATE lane SET due_at = 1 WHERE kind = 'receipt' AND conversation = ${number}`,
  ]);
}

async function run(place: string, statements: readonly string[]): Promise<void> {
  if (!isDatabase(place)) {
    const db = openDatabase(fileIn(place));
    for (const statement of statements) db.exec(statement);
    db.close();
    return;
  }
  const pool = openPool({ url: place, patience });
  try {
    for (const statement of statements) await pool.query(statement);
  } finally {
    await pool.end();
  }
}
