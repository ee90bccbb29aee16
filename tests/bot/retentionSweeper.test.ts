import assert from 'node:assert/strict';
import { pino } from 'pino';
import { RetentionSweeper } from '../../bot/retentionSweeper.ts';
import type { Store } from '../../middleware/ports.ts';
import { eraseCustomer } from '../../middleware/privacy/eraseCustomer.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { admission, batch, message, now } from '../contract/storeSamples.ts';

const anna = '4915550001111';
const days = (count: number) => count * 24 * 60 * 60 * 1000;

describe('the sweep of what is old', () => {
  let store: Store;
  const removed: string[] = [];
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const uploads = { remove: async (id: string) => void removed.push(id) };
  const sweeper = (at: number, keepDays: number | undefined, over: Partial<Store> = {}) =>
    new RetentionSweeper({ store: { ...store, ...over }, clock: { now: () => at }, log, uploads, keepDays });
  const ended = { turn: false, receipt: { outcome: 'skipped', because: 'x' } } as const;
  const textOf = async (conversation: string) =>
    (await store.thread(conversation, { limit: 9 })).items.map(item =>
      item.side === 'customer' ? item.content?.text : item.entry.content,
    );
  beforeEach(async () => {
    store = await openSqliteStore({ path: ':memory:', thread: false });
    removed.length = 0;
    lines.length = 0;
  });
  afterEach(() => store.close());

  it('erases what is older than it is to be kept, the files of messages with it, and says how much', async () => {
    const file = 'ab'.repeat(32);
    const recent = { customer: anna, sentAt: now + days(60) };
    const { admitted } = await store.admit(batch([admission(message('w1', { customer: anna }), ended)]));
    const conversation = String(admitted[0]?.conversation.id);
    const content = {
      type: 'media',
      media: { type: 'image', url: `https://bot.example/files/${file}` },
    } as const;
    const request = { conversation, content, correlation: 'k', now, leaseMs: 1 };
    const { outbound } = await store.addOutbound(request);
    await store.changeOutbound(outbound.ref, { state: 'sent', providerId: 'wamid.1' }, now);
    await store.admit(batch([admission(message('w2', recent), ended)], { now: now + days(60) }));
    await sweeper(now + days(60), undefined).sweep();
    assert.deepEqual([await textOf(conversation), lines], [['hi', content, 'hi'], []]);
    await sweeper(now + days(60), 30).sweep();
    assert.deepEqual(await textOf(conversation), ['hi', undefined, undefined]);
    assert.deepEqual(removed, [file]);
    const { id, counts } = JSON.parse(String(lines[0]));
    assert.deepEqual(counts, { inbound: 1, outbound: 1, file: 1 });
    assert.deepEqual(
      (await store.privacyActs({ limit: 9 })).map(act => act.id),
      [id],
    );
    await sweeper(now + days(60), 30).sweep();
    assert.equal(lines.length, 1);
  });

  it('lets go of the keys of what was erased after 8 days, and of no other', async () => {
    const of = { channel: 'meta', business: 'b1' } as const;
    const other = admission(message('w2', { customer: '4915550002222' }), ended);
    await store.admit(batch([admission(message('w1', { customer: anna }), ended), other]));
    await eraseCustomer({ store, clock: { now: () => now } }, anna);
    await sweeper(now + days(8), undefined).sweep();
    assert.notEqual(await store.message({ ...of, key: 'w1' }), undefined);
    await sweeper(now + days(8) + 1, undefined).sweep();
    assert.equal(await store.message({ ...of, key: 'w1' }), undefined);
    assert.notEqual(await store.message({ ...of, key: 'w2' }), undefined);
  });

  it('goes on with an erasure that was cut off, alone among those that share the store', async () => {
    const { admitted } = await store.admit(batch([admission(message('w1', { customer: anna }), ended)]));
    const conversations = admitted.map(each => each.conversation.id);
    await store.erasePersonalData({ customers: [anna], conversations }, '', now);
    assert.deepEqual(await store.unfinishedErasures(), [{ customers: [anna], conversations }]);
    const keys: string[] = [];
    const alone = <T>(key: string, act: () => Promise<T>) => {
      keys.push(key);
      return act();
    };
    await sweeper(now, undefined, {
      sharing: { instances: 2, onNews: () => () => {}, alone } as never,
    }).sweep();
    assert.deepEqual([keys, await store.unfinishedErasures()], [['retention'], []]);
    assert.ok(!lines.join('').includes(anna));
  });
});
