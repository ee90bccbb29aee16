import { createHash } from 'node:crypto';
import type { OutboundRequest } from '../../ports.ts';
import type { Op, Sql } from './sql.ts';

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
export function sendKeyTable(sql: Sql) {
  const select = sql.prepare<{ readonly pk: number; readonly request: Uint8Array }>(
    'SELECT outbound AS pk, request FROM send_key WHERE key = ?',
  );
  const insert = sql.prepare('INSERT INTO send_key (outbound, key, request) VALUES (?, ?, ?)');
  const change = sql.prepare('UPDATE send_key SET outbound = ? WHERE outbound = ?');

  return {
    *find(request: KeyedRequest): Op<KeyedMessage | undefined> {
      if (request.idempotencyKey === undefined) return undefined;
      const row = yield* select.get(keyOf(request));
      return row && { pk: row.pk, conflict: !hashOf(request).equals(row.request) };
    },

    *add(pk: number, request: KeyedRequest): Op<void> {
      if (request.idempotencyKey !== undefined) yield* insert.write(pk, keyOf(request), hashOf(request));
    },

    /** Another message goes out in the place of the one that a key stands for. */
    *move(from: number, to: number): Op<void> {
      yield* change.write(to, from);
    },
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
