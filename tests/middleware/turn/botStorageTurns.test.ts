import assert from 'node:assert/strict';
import { AsyncResource } from 'node:async_hooks';
import type { Store } from '../../../middleware/ports.ts';
import type { Turn } from '../../../middleware/receipts/turn.ts';
import {
  type BotStateItems,
  type BotStorage,
  createBotStorage,
} from '../../../middleware/turn/botStorage.ts';
import { engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';

interface Counter {
  readonly n: number;
  readonly eTag?: string;
}

describe('the bot storage, in turns', () => {
  let world: World;
  let storage: BotStorage;
  /** What the bot does; it may use `storage`, which is over the engine's store. */
  let dialog: (turn: Turn) => Promise<void>;

  const begin = async (options: Omit<WorldOptions, 'dialog'> = {}) => {
    const { wrapStore = store => store } = options;
    let engines: Store | undefined;
    world = await engineWorld({
      ...options,
      wrapStore(store) {
        engines = wrapStore(store);
        return engines;
      },
      dialog: turn => dialog(turn),
    });
    storage = createBotStorage(engines as Store);
  };
  afterEach(() => world.close());

  const counter = async (key: string) => (await storage.read([key]))[key] as Counter | undefined;
  const numbers = async (...keys: string[]) => Promise.all(keys.map(async key => (await counter(key))?.n));
  const failures = () =>
    world.log.lines.flatMap(({ message, fields }) => (message === 'The turn failed' ? [fields] : []));

  it('shows a turn what it wrote and deleted, and others only when the turn is done', async () => {
    await begin();
    await storage.write({ a: { n: 1 }, b: { n: 1 } });
    const go = Promise.withResolvers<void>();
    let within: unknown;
    dialog = async () => {
      await storage.write({ a: { n: 2 }, c: { n: 1 } });
      await storage.delete(['b']);
      within = await numbers('a', 'b', 'c');
      await go.promise;
    };
    await world.say('w1');
    assert.deepEqual(within, [2, undefined, 1]);
    assert.deepEqual(await numbers('a', 'b', 'c'), [1, 1, undefined]);
    go.resolve();
    await world.time.settle();
    assert.deepEqual(await numbers('a', 'b', 'c'), [2, undefined, 1]);
  });

  it('keeps an item’s eTag when the turn is done, so that who read it in the turn can write it later', async () => {
    await begin();
    let read: Counter | undefined;
    dialog = async () => {
      await storage.write({ a: { n: 1 } });
      read = await counter('a');
    };
    await world.say('w1');
    assert.deepEqual(await counter('a'), read);
    await storage.write({ a: { ...read, n: 2 } });
    assert.deepEqual(await numbers('a'), [2]);
  });

  it('keeps nothing of a turn that fails: each try begins from the same state', async () => {
    await begin();
    const seen: unknown[] = [];
    dialog = async ({ attempt }) => {
      const n = (await counter('a'))?.n ?? 0;
      seen.push(n);
      await storage.write({ a: { n: n + 1 } });
      await storage.delete(['other']);
      if (attempt < 3) throw new Error('a bug');
    };
    await storage.write({ other: { n: 7 } });
    await world.say('w1');
    assert.deepEqual(await numbers('a', 'other'), [undefined, 7]);
    await world.time.pass(60_000);
    assert.deepEqual(seen, [0, 0, 0]);
    assert.deepEqual(await numbers('a', 'other'), [1, undefined]);
    await world.say('w2');
    assert.deepEqual(seen, [0, 0, 0, 1]);
  });

  it('keeps nothing of a turn that is dead', async () => {
    await begin();
    dialog = async () => {
      await storage.write({ a: { n: 1 } });
      throw new Error('a bug');
    };
    await world.say('w1');
    await world.time.pass(600_000);
    assert.equal((await world.store.deadLetters(1)).length, 1);
    assert.deepEqual(await numbers('a'), [undefined]);
  });

  it('keeps nothing of a turn that a stop cuts off, although the bot made an answer of it', async () => {
    await begin({ policies: { default: { reply: { delay: { minMs: 10_000 } } } } });
    dialog = async turn => {
      await storage.write({ a: { n: 1 } });
      await turn.beforeReply(5).catch(() => {});
      await storage.write({ b: { n: 1 } });
    };
    await world.say('w1');
    const stopped = world.engine.stop();
    await world.time.settle();
    await stopped;
    assert.deepEqual(await numbers('a', 'b'), [undefined, undefined]);
  });

  it('keeps nothing of a turn whose end cannot be written, and the next try begins from the same state', async () => {
    let down = true;
    await begin({
      wrapStore: store => ({
        ...store,
        endTurn: (...args) => (down ? Promise.reject(new Error('no disk')) : store.endTurn(...args)),
      }),
    });
    const seen: unknown[] = [];
    dialog = async () => {
      const n = (await counter('a'))?.n ?? 0;
      seen.push(n);
      await storage.write({ a: { n: n + 1 } });
    };
    await world.say('w1');
    assert.deepEqual(await numbers('a'), [undefined]);
    down = false;
    await world.time.pass(60_000);
    assert.deepEqual([seen, await numbers('a')], [[0, 0], [1]]);
  });

  it('shows two conversations at work nothing of each other', async () => {
    await begin();
    const go = Promise.withResolvers<void>();
    const seen: Record<string, unknown> = {};
    dialog = async ({ message: { messageId } }) => {
      await storage.write({ shared: { n: Number(messageId) }, [`own ${messageId}`]: { n: 1 } });
      await go.promise;
      seen[String(messageId)] = await numbers('shared', 'own 1', 'own 2');
    };
    await world.say({ providerId: '1', customer: 'anna' });
    await world.say({ providerId: '2', customer: 'ben' });
    go.resolve();
    await world.time.settle();
    assert.deepEqual(seen, { 1: [1, 1, undefined], 2: [2, undefined, 1] });
    assert.deepEqual(await numbers('own 1', 'own 2'), [1, 1]);
  });

  describe('with eTags', () => {
    const addOne = async () => {
      const { n = 0, eTag } = (await counter('a')) ?? {};
      await storage.write({ a: { n: n + 1, eTag } });
    };

    it('checks a write against what the turn sees', async () => {
      await begin();
      await storage.write({ a: { n: 1 }, b: { n: 1 } });
      const caught: unknown[] = [];
      dialog = async () => {
        const before = await counter('a');
        await addOne();
        await addOne();
        const stale = storage.write({ b: { n: 2 }, a: { ...before, n: 9 } });
        await stale.catch(error => caught.push([error.code, error.field]));
        // The turn has not touched this one yet: it sees what the store has.
        const guess = storage.write({ b: { n: 2, eTag: 'a guess' } });
        await guess.catch(error => caught.push([error.code, error.field]));
        await storage.delete(['b']);
        await storage.write({ b: { n: 3, eTag: 'of one that is gone' } });
      };
      await world.say('w1');
      assert.deepEqual(caught, [
        ['conflict', 'changes[1].eTag'],
        ['conflict', 'changes[0].eTag'],
      ]);
      assert.deepEqual(await numbers('a', 'b'), [3, 3]);
    });

    it('runs the turn again where the store has another by its end, and counts the try', async () => {
      await begin();
      await storage.write({ a: { n: 1 } });
      dialog = async turn => {
        await addOne();
        // What the turn relied on first is what counts, also where it has overwritten its own since.
        await storage.write({ a: { n: 10 + (await numbers('a'))[0]!, eTag: '*' }, b: { n: 1 } });
        await turn.send({ type: 'text', text: 'counted' });
        if (turn.attempt === 1) await write({ a: { n: 5 } });
      };
      const write = writeOutside(storage);
      await world.say('w1');
      assert.deepEqual(await numbers('a', 'b'), [5, undefined]);
      await world.time.pass(1000);
      assert.deepEqual(await numbers('a', 'b'), [16, 1]);
      assert.deepEqual(
        world.turns.map(({ attempt }) => attempt),
        [1, 2],
      );
      const [failed] = failures() as { code: string; attempt: number; final: boolean }[];
      assert.deepEqual([failed?.code, failed?.attempt, failed?.final], ['conflict', 1, false]);
      assert.deepEqual(
        world.channel.calls.flatMap(({ text }) => text ?? []),
        ['counted'],
      );
    });

    it('gives a turn up whose state changes at each of its tries', async () => {
      await begin();
      await storage.write({ a: { n: 1 } });
      const write = writeOutside(storage);
      dialog = async () => {
        await addOne();
        await write({ a: { n: 100 } });
      };
      await world.say('w1');
      await world.time.pass(600_000);
      assert.equal(world.turns.length, 5);
      const [letter] = await world.store.deadLetters(1);
      assert.equal(letter?.reason, 'bot state that it wrote was changed meanwhile');
      assert.deepEqual(await numbers('a'), [100]);
    });

    it('lets a write pass that asks for nothing', async () => {
      await begin();
      const write = writeOutside(storage);
      dialog = async () => {
        await storage.write({ a: { n: 1, eTag: '*' } });
        await write({ a: { n: 100 } });
      };
      await world.say('w1');
      assert.deepEqual([world.turns.length, await numbers('a')], [1, [1]]);
    });
  });

  describe('for what goes on behind a turn', () => {
    const later = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

    it('writes straight, once the turn is done', async () => {
      await begin();
      dialog = async () => {
        void later(5000).then(() => storage.write({ a: { n: 1 } }));
      };
      await world.say('w1');
      await world.time.pass(5000);
      assert.deepEqual(await numbers('a'), [1]);
    });

    it('refuses to write what a turn that failed left running', async () => {
      await begin();
      const caught: unknown[] = [];
      const note = (error: { code: string }) => void caught.push(error.code);
      dialog = async ({ attempt }) => {
        if (attempt > 1) return;
        void later(5000).then(() => storage.write({ a: { n: 1 } }).catch(note));
        void later(5000).then(() => storage.delete(['b']).catch(note));
        throw new Error('a bug');
      };
      await storage.write({ b: { n: 1 } });
      await world.say('w1');
      await world.time.pass(5000);
      assert.deepEqual(
        [caught, await numbers('a', 'b')],
        [
          ['conflict', 'conflict'],
          [undefined, 1],
        ],
      );
    });
  });

  it('tells the maker of a host who gave it another store than the engine', async () => {
    await begin();
    const others = createBotStorage({ ...world.store });
    const caught: unknown[] = [];
    dialog = async () => {
      for (const call of [others.read(['a']), others.write({ a: {} }), others.delete(['a'])])
        await call.catch(error => caught.push([error.code, error.field]));
    };
    await world.say('w1');
    assert.deepEqual(caught, Array(3).fill(['invalid_configuration', 'store']));
    await others.write({ a: { n: 1 } });
    assert.deepEqual(await numbers('a'), [1], 'outside of turns any store will do');
  });
});

/** Writes as somebody does who is in no turn: another host, a proactive message. */
function writeOutside(storage: BotStorage): BotStorage['write'] {
  return AsyncResource.bind((items: BotStateItems) => storage.write(items));
}
