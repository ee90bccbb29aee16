import type { LedgerEvent, Store } from '../../../middleware/ports.ts';
import { eraseCustomer, finishErasures } from '../../../middleware/privacy/eraseCustomer.ts';
import { eraseOld } from '../../../middleware/privacy/retention.ts';
import { operationNames } from '../../../middleware/storage/sql/operationKinds.ts';
import { leaseMs, now, replaying } from '../../contract/storeSamples.ts';
import { holdCustomer } from '../../support/heldCustomer.ts';
import { answerMany, type Perform } from './answerMany.ts';

const hourMs = 3_600_000;
const page = { limit: 10 };

/** Performs every operation of a store, those of the engine for three customers at once. */
export async function everyOperation(perform: Perform, mark: string): Promise<void> {
  const conversations = await answerMany(perform, mark);
  const one = Object.fromEntries(
    operationNames.map(name => [
      name,
      async (...args: never) => (await perform(name, [args], given => given))[0],
    ]),
  ) as unknown as Store;
  await passOn(one, mark);
  await handOn(one, conversations[0] as string);
  await list(one, conversations[0] as string);
  await list(one, 'c_1');
  await holdAndErase(one, `49155${mark}9`, mark);
}

/** Web hooks, and requests that are passed on. */
async function passOn(store: Store, mark: string): Promise<void> {
  const event: LedgerEvent = {
    type: 'message.failed',
    at: now,
    channel: 'meta',
    business: 'b1',
    message: 'o1',
    conversation: 'c_1',
    code: '131026',
  };
  await store.addHooks(event, ['https://hooks.example/']);
  const { hooks: claimed } = await store.claimHooks(now, 2, leaseMs);
  for (const [index, { id }] of claimed.entries()) await store.endHook(id, index === 0 ? undefined : now + 1);
  await store.countHooks();
  const request = { headers: {}, body: 'AA==' };
  const of = (key: string) =>
    ({ channel: 'twilio', key: `${mark} ${key}`, lane: `lane ${mark}`, request }) as const;
  const added = await store.addForward(of('1'), now, leaseMs);
  await store.addForward(of('2'), now, leaseMs);
  const id = 'id' in added ? added.id : '';
  await store.endForward(id, { how: 'retry', dueAt: now }, now, leaseMs);
  await store.claimForwards(now, 2, leaseMs);
  await store.endForward(id, { how: 'passed' }, now, leaseMs);
  await store.countForwards();
}

/** What agents do. */
async function handOn(store: Store, id: string): Promise<void> {
  const handoff = { at: now, by: 'bot', reason: 'lost' } as const;
  const notes = { context: {}, transcript: [] };
  await store.handOver(id, { holder: 'queue', handoff, notes, lookAt: now + 1, now, leaseMs });
  await store.handOver(id, { holder: 'agent', agent: 'Ada', tell: { state: 'accepted' }, now, leaseMs });
  await store.handoffNotes(id);
  await store.dropReplies(id);
  await store.markSeen(id);
  await store.shutWindow(id, now);
  await store.handOver(id, { holder: 'bot', handoff: null, now, leaseMs });
  await store.changeConversation(id, { workstream: 'w' });
}

/** What is asked for to be shown, or to be counted. */
async function list(store: Store, id: string): Promise<void> {
  await store.conversationView(id);
  for (const filter of [
    {},
    { holder: 'queue' },
    { holder: 'agent' },
    { holder: 'bot' },
    { unread: true },
  ] as const)
    await store.listConversations({ ...page, ...filter });
  const { items } = await store.thread(id, page);
  for (const { ref } of items) await store.threadItem(ref);
  await store.listReceipts(id, 10);
  const [step] = await store.audit({ conversation: id }, page);
  await store.audit({ conversation: id }, { ...page, before: String(step?.id) });
  await store.audit({ message: String(step?.message) }, page);
  const [entry] = await store.listLedger(id, page);
  await store.ledgerEntry({ ref: String(entry?.ref) });
  await store.ledgerEntry({ channel: 'meta', providerId: `sent ${id}` });
  await store.listFailures(page);
  await store.listOrphans({ ...page, receivedBefore: now + 1 });
  await store.listQuarantine(page);
  await store.countLedger(now);
  const hour = now - (now % hourMs);
  await store.addFigures([{ channel: 'meta', business: 'b1', hour, name: 'sent', bin: 7, count: 1 }]);
  for (const byHour of [false, true])
    await store.figures({ from: hour - 6 * hourMs, to: now, business: 'b1', names: ['sent'], byHour });
  await store.stuck({ from: now - 24 * hourMs, to: now, lookAt: 10 });
  await store.putPolicy({ kind: 'business', id: 'b1' }, {});
  await store.policies();
  await store.ping(now);
  await store.readState([`meta/conversations/${id}`]);
}

/** Everything that is held of one customer: it is tried again, looked at and erased, and what is old goes. */
async function holdAndErase(store: Store, customer: string, mark: string): Promise<void> {
  await holdCustomer(store, customer, `held-${mark}`, now);
  const [orphan] = await store.listOrphans({ ...page, receivedBefore: now + 1 });
  const [quarantined] = await store.listQuarantine(page);
  for (const { id } of [orphan, quarantined, ...(await store.deadLetters(6))].filter(
    each => each !== undefined,
  ))
    await store.replay(id, replaying);
  await store.dropLetter('d1');
  const parts = { store, clock: { now: () => now } };
  const conversations = await store.customerConversations(customer);
  await store.personalData({ customers: [customer], conversations }, '');
  await eraseCustomer(parts, customer);
  await finishErasures(parts);
  await store.privacyActs(page);
  await eraseOld(parts, undefined);
}
