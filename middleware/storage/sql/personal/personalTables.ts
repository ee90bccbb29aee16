/**
 * What of the store's tables is a customer's: one list, by which it is handed out and erased. A test compares it with the
 * tables that there are, so that a new one cannot be forgotten.
 *
 * @module
 */
import { workKinds } from '../../../ports.ts';

/** Rows that stand with a conversation. Statements name its key `:conversation`. */
export interface OwnedRows {
  readonly table: string;
  /** The column that a page goes by: whole numbers. */
  readonly key: string;
  /** Which rows are the conversation's, beside {@link of}. Default: all of those. */
  readonly where?: string;
  /** Which stand with its messages: the column that holds a message's key, and on which side those are. Default: see {@link where}. */
  readonly of?: { readonly column: string; readonly messages: 'inbound' | 'outbound' };
  /** How they are erased: a statement up to its WHERE. Absent: nothing of the customer is in them, and they stay. */
  readonly erase?: string;
  /** Whether they are handed out. Default `true`; `false`: they only say what is due. */
  readonly told?: false;
}

const byConversation = 'conversation = :conversation';

/** The lanes of a conversation: with every kind that there is, as lanes are found by their kinds first. */
export const lanesOf = (conversation: string) =>
  `kind IN (${workKinds.map(kind => `'${kind}'`).join(', ')}) AND conversation = ${conversation}`;

/**
 * A message of the customer's: its words, its name at the provider, and the customer's name, go. Its row stays, as an id that
 * is known elsewhere must not come again, with its times and outcomes. So does its key, a hash, for as long as providers
 * deliver again.
 */
export const emptyInbound = `UPDATE inbound SET content = 'null', provider_id = NULL`;

/**
 * A message to the customer: likewise. The hash of its words could be guessed from, and goes too. By our random name for its
 * call, what a provider still says of one that was under way is known to be about nobody.
 */
export const emptyOutbound = `UPDATE outbound SET content = 'null', provider_id = NULL, instead_of = NULL, hash = :noHash,
  correlation = CASE WHEN state IN ('queued', 'sending') THEN correlation ELSE '' END`;

/** An answer of a provider's, in its own words. Who of the agents did what stays: it is theirs, and the audit's. */
export const emptySteps = `UPDATE receipt_step SET answer = NULL`;
/** Why a message failed, in the provider's words: its code stays. */
export const emptyNotes = `UPDATE ledger_note SET detail = NULL`;

/** What stands with a conversation, in the order in which it is erased: first of all nobody works on it any more. */
export const ownedRows: readonly OwnedRows[] = [
  {
    table: 'conversation',
    key: 'pk',
    where: 'pk = :conversation',
    erase: `UPDATE conversation SET erased = coalesce(erased, customer), customer = 'erased ' || id, holder = 'bot',
      policy = NULL, agent = NULL, assigned_to = NULL, handoff = NULL, version = version + 1`,
  },
  {
    table: 'lane',
    key: 'conversation',
    where: lanesOf(':conversation'),
    erase: 'DELETE FROM lane',
    told: false,
  },
  {
    table: 'inbound',
    key: 'pk',
    where: byConversation,
    erase: `${emptyInbound}, turn = CASE WHEN turn = 'pending' THEN 'done' ELSE turn END,
      ended_at = CASE WHEN receipt IN ('scheduled', 'held') THEN CAST(:now AS BIGINT) ELSE ended_at END,
      because = CASE WHEN receipt IN ('scheduled', 'held') THEN 'the customer''s data were erased' ELSE because END,
      receipt = CASE WHEN receipt IN ('scheduled', 'held') THEN 'skipped' ELSE receipt END`,
  },
  {
    table: 'receipt_step',
    key: 'pk',
    of: { column: 'message', messages: 'inbound' },
    erase: emptySteps,
  },
  {
    table: 'refusal',
    key: 'pk',
    where: `what = 'receipt'`,
    of: { column: 'pk', messages: 'inbound' },
    erase: 'DELETE FROM refusal',
  },
  {
    table: 'outbound',
    key: 'pk',
    where: byConversation,
    erase: `${emptyOutbound},
      failure = CASE WHEN state IN ('queued', 'sending') THEN 'erased' ELSE failure END,
      state = CASE WHEN state IN ('queued', 'sending') THEN 'failed' ELSE state END`,
  },
  { table: 'ledger', key: 'pk', of: { column: 'pk', messages: 'outbound' } },
  { table: 'ledger_note', key: 'pk', of: { column: 'ledger', messages: 'outbound' }, erase: emptyNotes },
  {
    table: 'refusal',
    key: 'pk',
    where: `what = 'outbound'`,
    of: { column: 'pk', messages: 'outbound' },
    erase: 'DELETE FROM refusal',
  },
  {
    table: 'send_key',
    key: 'outbound',
    of: { column: 'outbound', messages: 'outbound' },
    erase: 'DELETE FROM send_key',
    told: false,
  },
  {
    table: 'escalation',
    key: 'pk',
    of: { column: 'pk', messages: 'outbound' },
    erase: 'DELETE FROM escalation',
  },
  { table: 'handoff_notes', key: 'conversation', where: byConversation, erase: 'DELETE FROM handoff_notes' },
];

/** A table whose rows may be anybody's. */
interface SearchedTable {
  /** The column that a page goes by. */
  readonly key: 'pk' | 'key';
  /** What has to be read of a row to know whose it is. */
  readonly columns: string;
  /** The column that may name the customer. */
  readonly text: string;
  /** Rows that are read at once: an item that a provider sent may be large. */
  readonly atOnce: number;
}

const item = { key: 'pk', columns: '*', text: 'item', atOnce: 100 } as const;

/** Each row is read to see whether it names the customer, or is about a message of theirs, and goes as a whole if it does. */
export const searchedTables: Readonly<Record<string, SearchedTable>> = {
  // There are as many as conversations, and most tell by their keys whose they are.
  bot_state: {
    key: 'key',
    columns: `key, CASE WHEN key LIKE 'bluetick/dynamics/%' THEN item ELSE '' END AS item`,
    text: 'item',
    atOnce: 2000,
  },
  dead_letter: item,
  orphan: item,
  quarantine: item,
  hook: { ...item, text: 'event' },
  forward: { ...item, text: 'request' },
};

/** Why the other tables, of either database, hold nothing of a customer that has to be erased. */
export const impersonalTables: Readonly<Record<string, string>> = {
  figure: 'counts by hour',
  forward_lane: 'a hash of a customer as the name of a lane; it goes with the lane, once nothing waits in it',
  forward_key: 'hashes of requests, for 8 days',
  heartbeat: 'one time',
  policy: 'settings of the installation; a conversation has its own in its row',
  privacy_act: 'what was done about customers’ data, without them',
  instance: 'processes',
  store_move: 'a move of the whole store',
  store_move_table: 'how far it is',
  file: 'files that agents send, without those whom they were sent to: an erasure deletes them by the addresses in messages',
  file_part: 'as file',
  change_log: 'who reads changes',
  change: 'our ids and states, for a quarter of an hour: no text and no part of a number',
  bluetick_version: 'the version of the tables',
};

/** Columns with hashes of ours, which say nothing to whoever is given the data. */
export const hiddenColumns: ReadonlySet<string> = new Set([
  'dedupe',
  'hash',
  'provider',
  'correlation',
  'erased',
]);

/** Columns that hold JSON. */
export const jsonColumns: ReadonlySet<string> = new Set([
  'policy',
  'handoff',
  'content',
  'instead_of',
  'rule',
  'tries',
  'notes',
  'item',
  'event',
  'request',
]);
