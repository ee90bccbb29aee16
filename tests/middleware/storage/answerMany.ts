import type { Acknowledgement } from '../../../middleware/domain.ts';
import type { Store } from '../../../middleware/ports.ts';
import type { OperationName } from '../../../middleware/storage/sql/operations.ts';
import { claimMs, dueAt, rule, worked } from '../../contract/escalationSteps.ts';
import { admission, batch, held, lane, leaseMs, message, now, room } from '../../contract/storeSamples.ts';

/** Performs an operation for some in one batch, and answers what each of the calls came to. */
export type Perform = <Name extends OperationName, Of>(
  name: Name,
  all: readonly Of[],
  call: (of: Of) => Parameters<Store[Name]>,
) => Promise<readonly Awaited<ReturnType<Store[Name]>>[]>;

/** A customer, the conversation and its first message. */
interface Served {
  readonly customer: string;
  readonly id: string;
  readonly ref: string;
}

/** A message that answers: our id of it, and of its conversation. */
interface Answer {
  readonly id: string;
  readonly out: string;
}

const hooks = ['https://hooks.example/'];

/**
 * Serves three customers at once, from their first messages to the statuses of what was answered: whatever the engine asks of a
 * store for a message, and when something is due.
 *
 * @returns their conversations
 */
export async function answerMany(perform: Perform, mark: string): Promise<readonly string[]> {
  const served = await receive(
    perform,
    [1, 2, 3].map(number => `49155${mark}${number}`),
  );
  await read(perform, served);
  await escalate(perform, await reply(perform, served));
  await fold(perform, served);
  return served.map(({ id }) => id);
}

const write = (customer: string, at: number, over = {}) =>
  batch([
    admission(message(`${customer} ${at}`, { customer, sentAt: now + at }), { turn: at === 0, ...over }),
  ]);

/** Takes messages in: each customer's first, with a turn of the bot, and others that owe a receipt alone. */
async function receive(perform: Perform, customers: readonly string[]): Promise<readonly Served[]> {
  const results = await perform('admit', customers, customer => [write(customer, 0)]);
  // Delivered again; then one that is held, and one behind it.
  for (const [at, over] of [[0], [1, held], [2]] as const)
    await perform('admit', customers, customer => [write(customer, at, over)]);
  return results.map(({ admitted }, index) => {
    const { ref, conversation } = admitted[0] as (typeof admitted)[number];
    return { customer: customers[index] as string, id: conversation.id, ref };
  });
}

/** Has receipts sent for what was due. */
async function read(perform: Perform, served: readonly Served[]): Promise<void> {
  const at = (customer: string) => ({ channel: 'meta', business: 'b1', customer }) as const;
  const key = (customer: string) => ({ channel: 'meta', business: 'b1', key: `${customer} 0` }) as const;
  await perform('claimDue', [room], room => [now, room, leaseMs]);
  await perform('conversation', served, ({ id }) => [id]);
  await perform('conversation', served, ({ customer }) => [at(customer)]);
  await perform('message', served, ({ customer }) => [key(customer)]);
  await perform('dueReceipts', served, ({ id }) => [id, now]);
  await perform('openReceipts', served, ({ id }) => [id]);
  await perform('openReceipts', served, ({ id, ref }) => [id, ref]);
  const sent = { outcome: 'sent', because: 'x', at: now, attempts: 1, answer: 'taken' } as const;
  const cause = { by: 'time' } as const;
  // The second time it is sent already.
  for (let time = 0; time < 2; time += 1)
    await perform('changeReceipts', served, ({ id, ref }) => [id, [{ ...sent, ref, cause }], lane]);
  await perform('typingState', served, ({ id }) => [id]);
}

/** Answers the messages that went out. */
async function reply(perform: Perform, served: readonly Served[]): Promise<readonly Answer[]> {
  const request = ({ id, ref }: Served, ordinal: number, text: string) =>
    ({
      conversation: id,
      content: { type: 'text', text },
      correlation: `${id} ${text}`,
      now,
      leaseMs,
      turn: { ref, ordinal },
      idempotencyKey: text,
      escalate: rule,
    }) as const;
  await perform('beginTurn', served, ({ id }) => [id, now]);
  const added = await perform('addOutbound', served, of => [request(of, 0, 'hello')]);
  const outs = added.map(({ outbound }) => ({ id: outbound.conversation.id, out: outbound.ref }));
  await perform('addOutbound', served, of => [request(of, 1, 'one')]);
  // The turn runs again, and answers otherwise.
  await perform('addOutbound', served, of => [request(of, 1, 'two')]);
  await perform('repeatedOutbound', served, of => [request(of, 0, 'hello')]);
  await perform('outbound', outs, ({ out }) => [out]);
  await perform('changeOutbound', outs, ({ id, out }) => [
    out,
    { state: 'sent', providerId: `of ${id}` },
    now,
  ]);
  const next = await perform('nextOutbound', served, ({ id }) => [id, now]);
  const queued = { state: 'queued', dueAt: now, interrupted: true, counted: true } as const;
  const refusal = { code: '131026', is: 'recipient_unreachable' } as const;
  for (const change of [queued, { state: 'failed', failure: '131026', refusal, hooks } as const])
    await perform('changeOutbound', next, outbound => [String(outbound?.ref), change, now]);
  const state = (id: string) => [{ key: `meta/conversations/${id}`, to: { json: '{}', eTag: '1' } }];
  await perform('endTurn', served, ({ id, ref }) => [id, ref, { how: 'done', state: state(id) }, now]);
  return outs;
}

/** Carries out what was to happen if an answer does not arrive. */
async function escalate(perform: Perform, outs: readonly Answer[]): Promise<void> {
  await perform('dueEscalation', outs, ({ id }) => [id, hooks, dueAt]);
  await perform('claimEscalation', outs, ({ out }) => [out, hooks, dueAt, claimMs]);
  await perform('returnEscalation', outs, ({ out }) => [out, dueAt + claimMs, dueAt]);
  await perform('claimEscalation', outs, ({ out }) => [out, hooks, dueAt, claimMs]);
  await perform('endEscalation', outs, ({ out }) => [out, worked, hooks, dueAt]);
  // It is nobody's any more.
  await perform('claimEscalation', outs, ({ out }) => [out, hooks, dueAt, claimMs]);
}

/** Statuses of the answers, of messages that others have sent, and of none that is known. */
async function fold(perform: Perform, served: readonly Served[]): Promise<void> {
  const status = ({ customer, id }: Served, means: Acknowledgement['means'], over = {}) => {
    const base = { channel: 'meta', business: 'b1', customer, providerId: `of ${id}` } as const;
    return { acknowledgement: { ...base, status: means, means, at: now + 5, ...over } };
  };
  const told = (of: (served: Served) => readonly ReturnType<typeof status>[]) =>
    perform('admit', served, each => [batch([], { hooks, ledger: { shared: true, entries: of(each) } })]);
  await told(of => [status(of, 'sent'), status(of, 'delivered')]);
  // The customer writes again: what was delivered before was read.
  await perform('admit', served, ({ customer }) => [write(customer, 9)]);
  await told(of =>
    (['read', 'played', 'revoked', 'failed', 'unknown'] as const).map(means => status(of, means)),
  );
  await told(of => [
    status(of, 'delivered', { providerId: `other ${of.id}` }),
    status(of, 'read', { business: 'b2' }),
    status(of, 'read', { providerId: `nobody ${of.id}`, customer: undefined, correlation: `${of.id} x` }),
  ]);
}
