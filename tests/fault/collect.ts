import type { Simulator } from '../../bot/simulator/simulator.ts';
import type { Customer } from './customer.ts';
import type { Evidence, Kept, Status, Thread } from './evidence.ts';
import { keysOf, type TextCall } from './textProvider.ts';

/** A customer, and what the round knows about the conversation. */
export interface Witness {
  readonly name: string;
  readonly customer: Customer;
  readonly kills: number;
  readonly faults: number;
  /** What the API said about each receipt, by message. */
  readonly outcomes: ReadonlyMap<string, string>;
}

/**
 * Gathers the evidence, when no host runs any more.
 *
 * @param texts the calls that the provider of text messages had
 */
export function collect(
  simulator: Simulator,
  witnesses: readonly Witness[],
  kept: Kept,
  texts: readonly TextCall[] = [],
): Evidence {
  const threads = witnesses.map(witness => threadOf(simulator, witness, texts));
  const ids = new Set(witnesses.flatMap(({ customer }) => [...customer.owed.keys()]));
  const customers = new Set(witnesses.map(({ customer }) => customer.phone.customer));
  const known = ({ message_id, to }: CallBody) => ids.has(String(message_id)) || customers.has(String(to));
  const strangers = simulator.calls.filter(({ body }) => !known(body as CallBody)).length;
  return { threads, kept, strangers };
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

function threadOf(
  { calls, attempts }: Simulator,
  { customer, outcomes, ...facts }: Witness,
  texts: readonly TextCall[],
): Thread {
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
  const sent = customer.sent.map(({ ref, text, escalates }) => {
    const mine = texts.filter(({ message }) => message === text);
    return { ref, text, escalation: escalates ? { calls: mine.length, keys: keysOf(mine) } : undefined };
  });
  return { ...facts, written, sent, replies, statuses, reads };
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
