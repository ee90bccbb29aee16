import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { providerKey } from '../../middleware/storage/sql/ledger.ts';
import { openDatabase } from '../../middleware/storage/sqlite/openDatabase.ts';
import { benchBusiness } from './samples.ts';

/** Customers that messages went to. */
export const customers = 20_000;

/** What each of them holds. */
export const outboundContent = JSON.stringify({ type: 'text', text: 'It is ready: come by until six.' });

/** When the messages of a benchmark went out, in Unix milliseconds: every status is of a later time. */
export const sentAt = 1_780_000_000_000;

/** The provider's id of the n-th message that statuses come for: it looks like Meta's, and is random. */
export function providerIdOf(index: number): string {
  return `wamid.HBgN${createHash('sha1').update(`message ${index}`).digest('hex')}AA==`;
}

/** To whom it went. */
export const customerOf = (index: number) => `49155${String(index % customers).padStart(8, '0')}`;

/**
 * Makes a store whose ledger is so long. Rows that nobody asks for again have random keys; the last ones are those of
 * {@link providerIdOf}. Written by SQL, in memory and without syncs: one by one they would take minutes.
 *
 * @param folder where the store is made, as `bluetick.sqlite`
 * @param rows how long the ledger is
 * @param latest how many of them, the last, have messages that statuses will come for
 */
export function fillLedger(folder: string, rows: number, latest: number): string {
  const path = join(folder, 'bluetick.sqlite');
  const db = openDatabase(path);
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000; BEGIN');
  const conversation = db.prepare(
    `INSERT INTO conversation (id, channel, business, customer, holder, window_from) VALUES (?, 'meta', ?, ?, 'bot', ?)`,
  );
  for (let index = 0; index < customers; index += 1)
    conversation.run(`c_${index}`, benchBusiness, customerOf(index), sentAt - 1000);
  db.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :older)
     INSERT INTO outbound (conversation, hash, content, correlation, state, provider_id, attempts, created_at, due_at)
     SELECT 1 + i % ${customers}, randomblob(32), :content, hex(randomblob(18)), 'sent', 'wamid.HBgN' || hex(randomblob(20)),
       1, :at, :at FROM n WHERE :older > 0`,
  ).run({ older: rows - latest, content: outboundContent, at: sentAt });
  db.exec(
    `INSERT INTO ledger (pk, conversation, provider, level, accepted_at, sent_at, delivered_at, read_at)
     SELECT pk, conversation, randomblob(16), 3, created_at, created_at, created_at, created_at FROM outbound`,
  );
  const outbound = db.prepare(
    `INSERT INTO outbound (conversation, hash, content, correlation, state, provider_id, attempts, created_at, due_at)
     VALUES (?, x'', ?, ?, 'sent', ?, 1, ?, ?) RETURNING pk`,
  );
  const ledger = db.prepare(
    'INSERT INTO ledger (pk, conversation, provider, accepted_at) VALUES (?, ?, ?, ?)',
  );
  for (let index = 0; index < latest; index += 1) {
    const providerId = providerIdOf(index);
    const of = 1 + (index % customers);
    const { pk } = outbound.get(of, outboundContent, `k-${index}`, providerId, sentAt, sentAt) as {
      pk: number;
    };
    ledger.run(pk, of, providerKey({ channel: 'meta', providerId }), sentAt);
  }
  db.exec('COMMIT');
  db.close();
  return path;
}
