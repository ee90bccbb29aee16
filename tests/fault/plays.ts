import assert from 'node:assert/strict';
import PQueue from 'p-queue';
import type { Violation } from './checker.ts';
import { Stage } from './stage.ts';
import { World, type WorldOptions } from './world.ts';

/** Something that goes wrong around a host that stays alive. */
export interface Play {
  readonly what: string;
  /** Where the world keeps its data; `undefined`: this machine does not let the play be played. Default anywhere. */
  readonly options?: () => Promise<WorldOptions | undefined>;
  /** Gets a world whose host runs; answers what the checker found. */
  readonly run: (world: World, stage: Stage) => Promise<readonly Violation[]>;
  /** What the checker has to find, by its rules; default nothing. */
  readonly finds?: readonly Violation['rule'][];
  /** Puts away what `options` made, when the world is gone. */
  readonly cleanUp?: () => Promise<void>;
}

/** Worlds at a time: most of their time they wait. */
const concurrency = 4;

/** Declares a test for each play. They run beside one another, and so take little longer than the longest. */
export function declarePlays(plays: readonly Play[]): void {
  const queue = new PQueue({ concurrency });
  const results = new Map<Play, Promise<readonly Violation[] | undefined>>();
  before(() => {
    for (const play of plays) {
      const result = queue.add(() => playIn(play));
      // Whoever waits for it hears of it.
      result.catch(() => {});
      results.set(play, result);
    }
  });
  after(() => queue.onIdle());

  for (const play of plays) {
    it(play.what, async function () {
      const violations = await results.get(play);
      if (violations === undefined) this.skip();
      if (play.finds === undefined) assert.deepEqual(violations, []);
      else assert.deepEqual([...new Set(violations.map(({ rule }) => rule))], play.finds);
    });
  }
}

async function playIn({ options, run, cleanUp }: Play): Promise<readonly Violation[] | undefined> {
  const where = options === undefined ? {} : await options();
  if (where === undefined) return undefined;
  const world = await World.create(where);
  try {
    await world.start();
    return await run(world, new Stage(world));
  } finally {
    await world.close();
    await cleanUp?.();
  }
}
