import type { Pool } from 'pg';
import { now } from '../../contract/storeSamples.ts';

/** How many conversations there are, `c_1` with many messages. */
const crowd = 3000;
/** How many of each kind are set aside, and how many web hooks and requests wait: fewer, as an erasure reads all of them. */
const setAside = 2000;
const onTheirWay = 1000;

const text = `'{"type":"text","text":"It is ready: come by until six."}'`;
/** When whatever waits for its time is due. */
const later = now + 86_400_000;
/** The time of the i-th row: they came a second after one another, until now. */
const at = `${now - crowd * 1000} + i * 1000`;
const rows = (count = crowd) => `FROM generate_series(1, ${count}) AS i`;
const hash = (of: string) => `decode(md5('${of}' || i), 'hex')`;

/**
 * What a store holds of many: of each conversation a message and ours to it, half of them with a receipt, a request or a web hook
 * that waits, for its time or for whoever has room; and all that is over.
 */
const statements: readonly string[] = [
  `INSERT INTO conversation (id, channel, business, customer, holder, window_from)
   SELECT 'c_' || i, 'meta', 'b1', '48' || i, CASE i % 100 WHEN 1 THEN 'queue' WHEN 2 THEN 'agent' ELSE 'bot' END, ${at} ${rows()}`,
  `INSERT INTO inbound (conversation, dedupe, provider_id, kind, content, characters, sent_at, admitted_at, receipt, due_at, because,
     expires_at, solo, turn, turn_due)
   SELECT i, ${hash('in')}, 'in' || i, 'message', ${text}, 72, ${at}, ${at}, CASE WHEN i % 2 = 0 THEN 'scheduled' ELSE 'sent' END, ${later},
     'delay', ${later}, 0, 'done', 1 ${rows()}`,
  // Somebody who writes a lot.
  `INSERT INTO inbound (conversation, dedupe, provider_id, kind, content, characters, sent_at, admitted_at, receipt, because, solo)
   SELECT 1, ${hash('much')}, 'much' || i, CASE WHEN i % 2 = 0 THEN 'message' ELSE 'reaction' END,
     CASE WHEN i % 2 = 0 THEN ${text} ELSE '{"type":"reaction","reaction":{"to":"in1","emoji":"!"}}' END, 72, ${at}, ${at}, 'sent', 'x', 0 ${rows(1000)}`,
  `INSERT INTO receipt_step (message, at, outcome, because, caused_by, answer)
   SELECT pk, ${now}, 'sent', 'x', 'time', 'taken' FROM inbound`,
  `INSERT INTO outbound (conversation, turn, ordinal, hash, content, correlation, state, provider_id, created_at, due_at)
   SELECT i, i, 0, ${hash('out')}, ${text}, md5('k' || i), 'sent', 'out' || i, ${at}, 1 ${rows()}`,
  `INSERT INTO ledger (pk, conversation, provider, level, accepted_at, noted)
   SELECT i, i, ${hash('out')}, i % 4, ${at}, 1 ${rows()}`,
  `INSERT INTO ledger_note (ledger, kind, code, at) SELECT i, 'failure', '131026', ${now} ${rows()}`,
  `INSERT INTO refusal (what, pk, item) SELECT what, i, '{}' ${rows()}, unnest(ARRAY['receipt', 'outbound']) AS what`,
  `INSERT INTO send_key (outbound, key, request) SELECT i, ${hash('key')}, '' ${rows()}`,
  `INSERT INTO escalation (pk, conversation, rule, key, due_at, state)
   SELECT i, i, '{"unless":"delivered"}', i, ${later}, CASE WHEN i % 2 = 0 THEN 'waiting' ELSE 'escalated' END ${rows()}`,
  `INSERT INTO lane (kind, conversation, due_at, leased)
   SELECT kind, i, CASE WHEN i % 4 = 0 THEN i ELSE ${later} + i END, 0 ${rows()}, unnest(ARRAY['receipt', 'escalation']) AS kind WHERE i % 2 = 0`,
  `INSERT INTO hook (id, url, event, created_at, due_at)
   SELECT i, 'https://' || i % 2, '{}', ${now}, CASE WHEN i % 2 = 0 THEN i ELSE ${later} + i END ${rows(onTheirWay)}`,
  `INSERT INTO forward (channel, lane, request, created_at) SELECT 'twilio', 'lane ' || i / 2, '{}', ${now} ${rows(onTheirWay)}`,
  `INSERT INTO forward_lane (lane, due_at, leased)
   SELECT lane, CASE WHEN min(pk) % 4 = 0 THEN min(pk) ELSE ${later} + min(pk) END, 0 FROM forward GROUP BY lane`,
  `INSERT INTO forward_key (dedupe, at) SELECT ${hash('f')}, ${now} ${rows()}`,
  `INSERT INTO dead_letter (at, what, channel, reason, item) SELECT ${at}, 'webhook-item', 'meta', 'x', '{}' ${rows(setAside)}`,
  `INSERT INTO orphan (provider, correlation, dedupe, received_at, item) SELECT ${hash('o')}, 'o' || i, ${hash('o')}, ${at}, '{}' ${rows(setAside)}`,
  `INSERT INTO quarantine (dedupe, received_at, reason, item) SELECT ${hash('q')}, ${at}, 'business', '{}' ${rows(setAside)}`,
  `INSERT INTO bot_state (key, item, etag) SELECT 'meta/conversations/c_' || i, '{}', '1' ${rows()}`,
  `INSERT INTO handoff_notes (conversation, notes) SELECT i, '{}' ${rows()}`,
  `INSERT INTO figure (hour, channel, business, name, bin, count)
   SELECT ${now - (now % 3_600_000)} - i * 3600000::bigint, 'meta', 'b1', name, 7, 3 ${rows(1000)}, unnest(ARRAY['delivery', 'read', 'sent']) AS name`,
  `INSERT INTO privacy_act (id, item) SELECT i, '{}' ${rows()}`,
  `INSERT INTO file (id, about, size, expires_at) SELECT i, '{}', 1, ${later} ${rows()}`,
  `INSERT INTO file_part (file, ordinal, bytes) SELECT id, 0, '' FROM file`,
  `INSERT INTO change (conversation, item) SELECT 'c_' || i, '{}' ${rows()}`,
];

/**
 * Fills a store by SQL, in place of whatever it holds.
 *
 * @param pool whose statements are counted: what is planned over it is planned before the rows are there
 */
export async function fillCrowd(pool: Pool): Promise<void> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname = 'public' AND tablename NOT IN ('bluetick_version', 'instance', 'change_log')`,
  );
  // Not TRUNCATE, behind which everything is planned anew.
  for (const { name } of tables) await pool.query(`DELETE FROM ${name}`);
  const { rows: keys } = await pool.query<{ name: string }>(
    `SELECT quote_ident(sequencename) AS name FROM pg_sequences
     WHERE schemaname = 'public' AND sequencename <> 'instance_id_seq'`,
  );
  for (const { name } of keys) await pool.query(`SELECT setval('${name}', 1, FALSE)`);
  for (const statement of statements) await pool.query(statement);
}
