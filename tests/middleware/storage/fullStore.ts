import type { Acknowledgement, Conversation } from '../../../middleware/domain.ts';
import type { LedgerEvent, Store } from '../../../middleware/ports.ts';
import { rule } from '../../contract/escalationSteps.ts';
import { admission, batch, held, lane, later, leaseMs, message, now } from '../../contract/storeSamples.ts';

const hourMs = 3_600_000;
const hook = 'https://hooks.example/';

/** The customers of {@link fillStore}, by their numbers. */
export const customers = ['4915550001111', '4915550002222', '4915550003333', '4915550004444'] as const;
const [anna, ben, carla, dora] = customers;

/** Everything that a store can hold, by its own operations: in every table some rows. */
export async function fillStore(store: Store): Promise<void> {
  for (const customer of customers) await write(store, customer);
  await receipts(store, anna);
  await turns(store, anna);
  await outbounds(store, ben);
  await statuses(store, ben);
  await handoffs(store, carla);
  await escalations(store, dora);
  await beside(store);
}

/** How a store answers whatever can be asked of it. Nothing is changed by it. */
export async function answersOf(store: Store): Promise<unknown> {
  const page = { limit: 100 };
  const { items: conversations } = await store.listConversations(page);
  const each = await Promise.all(
    conversations.map(async ({ id }) => ({
      conversation: await store.conversation(id),
      view: await store.conversationView(id),
      thread: await store.thread(id, page),
      receipts: await store.listReceipts(id, 100),
      open: await store.openReceipts(id),
      due: await store.dueReceipts(id, now),
      audit: await store.audit({ conversation: id }, page),
      typing: await store.typingState(id),
      ledger: await store.listLedger(id, page),
      notes: await store.handoffNotes(id),
    })),
  );
  return {
    conversations,
    each,
    messages: await Promise.all(
      customers.map(customer => store.message({ channel: 'meta', business: 'b1', key: `${customer} 1` })),
    ),
    state: await store.readState(['user/anna', 'user/ben', 'conversation/ß']),
    policies: await store.policies(),
    figures: await store.figures({ from: now - hourMs, to: now + hourMs, byHour: true }),
    stuck: await store.stuck({ from: 0, to: now + hourMs, lookAt: 100 }),
    failures: await store.listFailures(page),
    orphans: await store.listOrphans({ ...page, receivedBefore: now + hourMs }),
    quarantine: await store.listQuarantine(page),
    acts: await store.privacyActs(page),
    letters: await store.deadLetters(100),
    counts: [await store.countLedger(now), await store.countHooks(), await store.countForwards()],
  };
}

/** Three messages of a customer: two that are due, and one that is held. */
async function write(store: Store, customer: string): Promise<void> {
  const text = (content: string, at: number) =>
    message(`${customer} ${at}`, { customer, sentAt: now + at, content: { type: 'text', text: content } });
  await store.admit(
    batch([
      admission(text('Hello 👋', 1)),
      admission(text('Is my bicycle \u0000 ready?', 2), later(now + 60_000)),
      admission(text('Thanks!', 3), held),
    ]),
  );
  const reaction = { type: 'reaction', reaction: { to: `${customer} 1`, emoji: '❤️' } } as const;
  const reacted = message(`${customer} r`, { customer, kind: 'reaction', content: reaction });
  const rejected = [{ channel: 'meta', reason: 'unknown kind', item: { of: customer } }] as const;
  await store.admit(batch([admission(reacted, { receipt: undefined, turn: false })], { rejected }));
}

async function of(store: Store, customer: string): Promise<Conversation> {
  const found = await store.conversation({ channel: 'meta', business: 'b1', customer });
  if (found === undefined) throw new Error('no such conversation');
  return found;
}

async function receipts(store: Store, customer: string): Promise<void> {
  const { id } = await of(store, customer);
  const [first, second] = await store.openReceipts(id);
  const refusal = { code: '100', is: 'message_refused', detail: 'no\0' } as const;
  const cause = { by: 'time' } as const;
  const ended = { because: 'sent at its time\0', at: now + 5, attempts: 1 } as const;
  const sent = { ...ended, ref: String(first?.ref), outcome: 'sent' } as const;
  await store.changeReceipts(id, [{ ...sent, cause, answer: 'taken' }], lane);
  const failed = { ...ended, ref: String(second?.ref), outcome: 'failed', refusal } as const;
  await store.changeReceipts(id, [{ ...failed, cause, answer: refusal }], lane);
}

async function turns(store: Store, customer: string): Promise<void> {
  const { id } = await of(store, customer);
  const first = String((await store.beginTurn(id, now))?.message.ref);
  const state = [{ key: 'user/anna', to: { json: '{"name":"Anna\\u0000"}', eTag: '1' } }];
  await store.endTurn(id, first, { how: 'done', state }, now);
  const second = String((await store.beginTurn(id, now))?.message.ref);
  await store.endTurn(id, second, { how: 'dead', reason: 'it failed' }, now);
  // And one that the host was at when it was stopped.
  await store.beginTurn(id, now);
}

async function outbounds(store: Store, customer: string): Promise<void> {
  const { id: conversation } = await of(store, customer);
  const request = (text: string) => ({
    conversation,
    content: { type: 'text', text } as const,
    correlation: `k-${text}`,
    now,
    leaseMs,
  });
  const sent = await store.addOutbound({ ...request('sent'), idempotencyKey: 'key' });
  await store.changeOutbound(sent.outbound.ref, { state: 'sent', providerId: 'wamid.out' }, now);
  const failed = await store.addOutbound(request('failed'));
  const refusal = { code: '131026', is: 'recipient_unreachable', detail: 'a\0b' } as const;
  await store.changeOutbound(failed.outbound.ref, { state: 'failed', failure: '131026', refusal }, now);
  const insteadOf = { type: 'text', text: 'too late' } as const;
  await store.addOutbound({ ...request('by an agent'), sender: { by: 'agent', agent: 'Åsa' }, insteadOf });
  await store.addOutbound({ ...request('waits'), dueAt: now + 1000 });
}

async function statuses(store: Store, customer: string): Promise<void> {
  const base = { channel: 'meta', business: 'b1', providerId: 'wamid.out', customer } as const;
  const status = (means: Acknowledgement['means'], at: number, over: Partial<Acknowledgement> = {}) => ({
    acknowledgement: { ...base, status: means, means, at: now + at, ...over },
  });
  const entries = [
    status('delivered', 5),
    status('failed', 6, { failures: [{ code: '131047', detail: 'lost\0' }] }),
    status('unknown', 7, { status: 'pondered' }),
    status('read', 8, { providerId: 'wamid.nobody', correlation: 'k-nobody' }),
    status('read', 9, { business: 'b2' }),
  ];
  await store.admit(batch([], { ledger: { entries, shared: false }, hooks: [hook] }));
}

async function handoffs(store: Store, customer: string): Promise<void> {
  const { id } = await of(store, customer);
  const handoff = { at: now, by: 'bot', reason: 'lost' } as const;
  const notes = { context: { order: 17 }, transcript: [] };
  const tell = { state: 'accepted' } as const;
  await store.handOver(id, { holder: 'queue', handoff, notes, now, leaseMs });
  await store.handOver(id, { holder: 'agent', agent: 'Åsa\0', assignedTo: null, tell, now, leaseMs });
  await store.markSeen(id);
  await store.shutWindow(id, now + 9);
}

async function escalations(store: Store, customer: string): Promise<void> {
  const { id: conversation } = await of(store, customer);
  const content = { type: 'text', text: 'It is ready.' } as const;
  const request = { conversation, content, correlation: 'k-e', now, leaseMs, escalate: rule };
  const { outbound } = await store.addOutbound(request);
  await store.changeOutbound(outbound.ref, { state: 'sent', providerId: 'wamid.e' }, now);
}

async function beside(store: Store): Promise<void> {
  await store.writeState([
    { key: 'user/ben', to: { json: '{}', eTag: '1' } },
    { key: 'conversation/ß', to: { json: '{"steps":[1,2]}', eTag: 'x' } },
  ]);
  await store.putPolicy({ kind: 'default' }, { read: { when: 'manual' } });
  await store.putPolicy({ kind: 'business', id: 'b1' }, {});
  const figure = { channel: 'meta', business: 'b1', hour: now - (now % hourMs), name: 'delivery' } as const;
  await store.addFigures([
    { ...figure, bin: 7, count: 3 },
    { ...figure, bin: -1, count: -2 },
  ]);
  const event: LedgerEvent = {
    at: now,
    channel: 'meta',
    business: 'b1',
    type: 'message.failed',
    message: 'o1',
    conversation: 'c1',
    code: '131026',
  };
  await store.addHooks(event, [hook, 'https://other.example/']);
  for (const key of ['1', '2', '3']) {
    const request = { headers: { 'x-id': key }, body: 'AA==' };
    await store.addForward({ channel: 'twilio', key, lane: `lane ${key}`, request }, now, leaseMs);
  }
  const act = {
    act: 'export',
    at: now,
    counts: { inbound: 3 },
    conversations: ['c1'],
    agent: 'Åsa',
  } as const;
  await store.addPrivacyAct({ id: 'digest', ...act });
  // The last one has gone: its id never comes again.
  await store.endForward('3', { how: 'passed' }, now, leaseMs);
  await store.ping(now);
}
