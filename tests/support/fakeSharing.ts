import type { Sharing } from '../../middleware/ports.ts';
import { InstanceLife } from '../../middleware/storage/postgres/instanceLife.ts';
import { OneAtATime } from '../../middleware/timing/oneAtATime.ts';

/** What a process shares a store with nobody by, with its life in the hands of a test. */
export interface FakeSharing extends Sharing {
  readonly life: InstanceLife;
  /** It has not been heard for so long, from now on. */
  silence(ms: number): void;
  /** It has just been heard. */
  hear(): void;
  /** The others have taken it for dead, and it has begun anew. */
  beginAnew(): void;
}

/** Makes one that has just been heard. */
export function fakeSharing(): FakeSharing {
  let silentMs = 0;
  let life = new InstanceLife(() => silentMs);
  const alone = new OneAtATime();
  return {
    get life() {
      return life;
    },
    silence(ms) {
      silentMs = ms;
    },
    hear() {
      silentMs = 0;
      life.confirm(() => silentMs);
    },
    beginAnew() {
      silentMs = 0;
      const before = life;
      life = new InstanceLife(() => silentMs);
      before.end();
    },
    instances: 1,
    onNews: () => () => {},
    alone: (key, act) => alone.run(key, act),
    changes: {
      follow: () => () => {},
      latest: async () => '0',
      after: async () => [],
      whenRead() {},
      add() {},
    },
  };
}
