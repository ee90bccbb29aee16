import assert from 'node:assert/strict';
import {
  MemoryStorage as AgentsMemoryStorage,
  type Storage as AgentsStorage,
} from '@microsoft/agents-hosting';
import { MemoryStorage, type Storage } from 'botbuilder';
import fc from 'fast-check';
import type { Store } from '../../../middleware/ports.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { type BotStorage, createBotStorage } from '../../../middleware/turn/botStorage.ts';

const key = 'whatsapp/users/4915550001111/';

/** What was read, without the eTags, and with a prototype to compare by. */
const contentsOf = (items: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(items).map(([name, item]) => {
      const { eTag: _eTag, ...content } = item as { eTag: string };
      return [name, content];
    }),
  );

describe('the bot storage, outside of turns', () => {
  let store: Store;
  let storage: BotStorage;
  const read = async (...keys: string[]) => contentsOf(await storage.read(keys));
  const eTagOf = async (of: string) => (await storage.read([of]))[of] as { eTag: string };
  beforeEach(async () => {
    store = await openSqliteStore({ path: ':memory:', thread: false });
    storage = createBotStorage(store);
  });
  afterEach(() => store.close());

  it('is a Storage of botbuilder and of the Agents SDK', () => {
    const both: Storage & AgentsStorage = storage;
    assert.ok(both);
  });

  it('reads what was written, as JSON has it, and nothing that is not there', async () => {
    const item = { at: new Date(0), none: undefined, list: [1, null], deep: { ü: '🚲' } };
    await storage.write({ [key]: item, other: {} });
    assert.deepEqual(await read(key, 'nothing', 'other'), {
      [key]: { at: '1970-01-01T00:00:00.000Z', list: [1, null], deep: { ü: '🚲' } },
      other: {},
    });
    await storage.delete([key, 'nothing']);
    assert.deepEqual(await read(key, 'other'), { other: {} });
    assert.deepEqual(await read(), {});
  });

  it('keeps no hold of what it was given, and gives each reader an own copy', async () => {
    const item = { list: [1] };
    await storage.write({ a: item });
    item.list.push(2);
    const first = (await storage.read(['a'])).a as typeof item;
    assert.deepEqual(first.list, [1]);
    first.list.push(3);
    assert.deepEqual(await read('a'), { a: { list: [1] } });
    assert.deepEqual(Object.keys(item), ['list'], 'the writer’s item gets no eTag');
  });

  it('takes keys for keys, also those that objects have by nature', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const nothing = await storage.read(names);
    for (const name of names) assert.equal(nothing[name], undefined);
    const evil = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    await storage.write(JSON.parse('{"__proto__":{"n":1},"constructor":{"n":2}}'));
    await storage.write({ evil });
    const found = await storage.read([...names, 'evil']);
    assert.deepEqual(Object.keys(found), ['__proto__', 'constructor', 'evil']);
    const content = found.evil as Record<string, unknown>;
    assert.equal(Object.getPrototypeOf(content), Object.prototype);
    assert.deepEqual(Object.keys(content), ['__proto__', 'constructor', 'eTag']);
    assert.equal((found as { polluted?: boolean }).polluted, undefined);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it('writes only what has not changed since it was read, if an eTag says so', async () => {
    await storage.write({ [key]: { n: 1 } });
    const { eTag } = await eTagOf(key);
    await storage.write({ [key]: { n: 2, eTag } });
    await assert.rejects(storage.write({ [key]: { n: 3, eTag } }), {
      name: 'BluetickError',
      code: 'conflict',
      field: 'changes[0].eTag',
    });
    assert.deepEqual(await read(key), { [key]: { n: 2 } });
    for (const any of ['*', '', undefined, null]) await storage.write({ [key]: { n: 4, eTag: any } });
    assert.deepEqual(await read(key), { [key]: { n: 4 } });
  });

  it('gives an item that was deleted and written anew another eTag', async () => {
    await storage.write({ a: { n: 1 } });
    const { eTag } = await eTagOf('a');
    await storage.delete(['a']);
    await storage.write({ a: { n: 1 } });
    assert.notEqual((await eTagOf('a')).eTag, eTag);
    await assert.rejects(storage.write({ a: { n: 2, eTag } }), { code: 'conflict' });
  });

  it('writes all items of a call or none, and names the one at fault without its key', async () => {
    await storage.write({ a: { n: 1 }, [key]: { n: 1 } });
    await assert.rejects(
      storage.write({ a: { n: 2 }, [key]: { n: 2, eTag: 'old' }, c: {} }),
      (error: Error) => {
        assert.match(error.message, /^changes\[1\]\.eTag: got one that the item does not have any more/);
        assert.doesNotMatch(JSON.stringify([error.message, error.stack]), /4915550001111/);
        return true;
      },
    );
    assert.deepEqual(await read('a', key, 'c'), { a: { n: 1 }, [key]: { n: 1 } });
  });

  it('refuses what is no JSON object', async () => {
    const circular: { self?: object } = {};
    circular.self = circular;
    const refused: [unknown, RegExp][] = [
      [undefined, /got undefined/],
      [null, /got null/],
      ['text', /got string/],
      [circular, /got what JSON cannot hold/],
      [{ n: 1n }, /got what JSON cannot hold/],
    ];
    for (const [item, message] of refused) {
      const writing = storage.write({ a: {}, [key]: item });
      await assert.rejects(writing, { code: 'invalid_request', field: 'changes[1]', message });
    }
    assert.deepEqual(await read('a', key), {});
  });

  it('takes what botbuilder’s and the Agents SDK’s own MemoryStorage take, and refuses what they refuse', async () => {
    // An eTag is given by where it was read: the n-th read of all.
    const eTag = fc.oneof(fc.constant(undefined), fc.constant('*'), fc.constant('never'), fc.nat(5));
    const step = fc.oneof(
      fc.record({ what: fc.constant('write' as const), key: fc.constantFrom('a', 'b'), n: fc.nat(9), eTag }),
      fc.record({ what: fc.constant('delete' as const), key: fc.constantFrom('a', 'b') }),
    );
    const reads = async (of: Storage | AgentsStorage | BotStorage) => of.read(['a', 'b']);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async steps => {
        await storage.delete(['a', 'b']);
        const stories = [];
        for (const each of [new MemoryStorage(), new AgentsMemoryStorage(), storage]) {
          const seen: string[] = [];
          const story: unknown[] = [];
          for (const one of steps) {
            if (one.what === 'delete') await each.delete([one.key]);
            else {
              const given = typeof one.eTag === 'number' ? (seen[one.eTag] ?? 'unread') : one.eTag;
              const written = each.write({ [one.key]: { n: one.n, eTag: given } });
              story.push(
                await written.then(
                  () => 'written',
                  () => 'refused',
                ),
              );
            }
            const items = await reads(each);
            for (const name of Object.keys(items)) {
              const { eTag: got } = items[name] as { eTag: string };
              if (!seen.includes(got)) seen.push(got);
            }
            story.push(contentsOf(items));
          }
          stories.push(story);
        }
        assert.deepEqual(stories[2], stories[0]);
        assert.deepEqual(stories[2], stories[1]);
      }),
      { numRuns: 200 },
    );
  });
});
