import { DatabaseSync } from 'node:sqlite';
import type { Simulator } from '../../bot/simulator/simulator.ts';
import type { Customer } from './customer.ts';
import type { Evidence, InboundRow, Kept, LedgerRow, OutboundRow, Status, Thread } from './evidence.ts';
import { type StoreState, stateQuery } from './points.ts';

/** A customer, and what the round knows about the conversation. */
export interface Witness {
  readonly name: string;
  readonly customer: Customer;
  readonly kills: number;
  readonly faults: number;
  /** What the API said about each receipt, by message. */
  readonly outcomes: ReadonlyMap<string, string>;
}

/** Gathers the evidence, when no host runs any more. */
export function collect(simulator: Simulator, witnesses: readonly Witness[], file: string): Evidence {
  const threads = witnesses.map(witness => threadOf(simulator, witness));
  const ids = new Set(witnesses.flatMap(({ customer }) => [...customer.owed.keys()]));
  const customers = new Set(witnesses.map(({ customer }) => customer.phone.customer));
  const known = ({ message_id, to }: CallBody) => ids.has(String(message_id)) || customers.has(String(to));
  const strangers = simulator.calls.filter(({ body }) => !known(body as CallBody)).length;
  return { threads, kept: readFile(file), strangers };
}

interface CallBody {
  readonly message_id?: string;
  readonly to?: string;
}

interface Envelope {
  readonly entry: readonly {
    readonly changes: readonly {
      readonly value: {
        readonly messages?: readonly { id: string }[];
        readonly statuses?: readonly { id: string; status: Status['level']; timestamp: string }[];
      };
    }[];
  }[];
}

function threadOf({ calls, attempts }: Simulator, { customer, outcomes, ...facts }: Witness): Thread {
  const { phone, owed } = customer;
  const deliveries = attempts
    .filter(({ about }) => about === 'messages')
    .map(({ body, status = 0 }) => ({ status, ids: idsOf(JSON.parse(body)) }))
    .filter(({ ids }) => ids.some(id => owed.has(id)));
  const webhooks = [...new Set(deliveries.map(({ ids }) => ids.join()))];
  const written = [...owed].map(([id, { replies, receipt }]) => {
    const mine = deliveries.filter(({ ids }) => ids.includes(id));
    return {
      id,
      webhook: webhooks.indexOf(mine[0]?.ids.join() ?? ''),
      answers: mine.map(({ status }) => status),
      replies,
      receipt,
      blue: phone.messages.some(message => message.id === id && message.tick === 'read'),
      outcome: outcomes.get(id),
    };
  });
  const replies = phone.messages
    .filter(({ from }) => from === 'business')
    .map(({ id, text = '', body }) => ({ id, text, correlation: String(body.biz_opaque_callback_data) }));
  const ids = new Set(replies.map(({ id }) => id));
  const statuses = attempts
    .filter(({ about }) => about === 'statuses')
    .flatMap(({ body, status }) => statusesOf(JSON.parse(body), status === 200))
    .filter(({ providerId }) => ids.has(providerId));
  const reads = calls.map(({ body }) => String((body as CallBody).message_id)).filter(id => owed.has(id));
  return { ...facts, written, replies, statuses, reads };
}

function idsOf({ entry }: Envelope): string[] {
  return entry.flatMap(({ changes }) =>
    changes.flatMap(({ value: { messages = [] } }) => messages.map(({ id }) => id)),
  );
}

function statusesOf({ entry }: Envelope, promised: boolean): Status[] {
  return entry.flatMap(({ changes }) =>
    changes.flatMap(({ value: { statuses = [] } }) =>
      statuses.map(({ id, status, timestamp }) => ({
        providerId: id,
        level: status,
        at: Number(timestamp) * 1000,
        promised,
      })),
    ),
  );
}

function readFile(file: string): Kept {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const all = (sql: string, ...values: number[]) => db.prepare(sql).all(...values) as unknown;
    return {
      inbound: all('SELECT provider_id AS messageId, receipt, turn FROM inbound') as InboundRow[],
      outbound: all(
        `SELECT o.correlation, i.provider_id AS messageId, o.state, o.interrupted, o.provider_id AS providerId
         FROM outbound o LEFT JOIN inbound i ON i.pk = o.turn`,
      ) as OutboundRow[],
      ledger: all(
        `SELECT o.correlation, l.level, l.sent_at AS sent, l.delivered_at AS delivered, l.read_at AS read
         FROM ledger l JOIN outbound o USING (pk)`,
      ) as LedgerRow[],
      unrest: (all(stateQuery, Date.now()) as StoreState[])[0]?.unrest ?? 0,
      deadLetters: (all('SELECT reason FROM dead_letter') as { reason: string }[]).map(
        ({ reason }) => reason,
      ),
    };
  } finally {
    db.close();
  }
}
