import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { OutboundRequest } from '../../ports.ts';

/** What a send is known again by. */
export type KeyedRequest = Pick<
  OutboundRequest,
  'conversation' | 'content' | 'insteadOf' | 'escalate' | 'idempotencyKey'
>;

/** The message that a key stands for. */
export interface KeyedMessage {
  readonly pk: number;
  /** Whether the key was given to something else than is asked for now. */
  readonly conflict: boolean;
}

/** The keys under which callers asked to send, so that whoever asks again does not send twice. */
export function sendKeyTable(db: DatabaseSync) {
  const select = db.prepare('SELECT outbound AS pk, request FROM send_key WHERE key = ?');
  const insert = db.prepare('INSERT INTO send_key (outbound, key, request) VALUES (?, ?, ?)');
  const change = db.prepare('UPDATE send_key SET outbound = ? WHERE outbound = ?');

  return {
    find(request: KeyedRequest): KeyedMessage | undefined {
      if (request.idempotencyKey === undefined) return undefined;
      const row = select.get(keyOf(request)) as { pk: number; request: Uint8Array } | undefined;
      return row && { pk: row.pk, conflict: !hashOf(request).equals(row.request) };
    },

    add(pk: number, request: KeyedRequest): void {
      if (request.idempotencyKey !== undefined) insert.run(pk, keyOf(request), hashOf(request));
    },

    /** Another message goes out in the place of the one that a key stands for. */
    move: (from: number, to: number) => void change.run(to, from),
  };
}

/** See {@link sendKeyTable}. */
export type SendKeyTable = ReturnType<typeof sendKeyTable>;

function keyOf({ conversation, idempotencyKey }: KeyedRequest): Buffer {
  return createHash('sha256').update(`${conversation}\0${idempotencyKey}`).digest();
}

/** Of what was given to be sent, whatever goes out for it. */
function hashOf({ content, insteadOf = content, escalate }: KeyedRequest): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([insteadOf, escalate ?? null]))
    .digest();
}
