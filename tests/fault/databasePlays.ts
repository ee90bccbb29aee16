import assert from 'node:assert/strict';
import type { TestCluster } from '../support/postgres.ts';
import type { Witness } from './collect.ts';
import type { Fleet } from './fleet.ts';
import { smallLoads } from './load.ts';
import type { SmallDisk } from './smallDisk.ts';
import { Stage } from './stage.ts';
import { sayUntilRefused } from './storePlays.ts';

/** A connection of which one end does not know that it is dead is noticed within this time (README, "Limits"). */
const noticedWithinMs = 15_000;
/** Connections are cut so often while customers are served, after so many calls to the provider each time. */
const cuts = { times: 3, calls: 3 } as const;

/** What surrounds the database. */
export interface Database {
  readonly cluster: TestCluster;
  /** Where its tables are; `undefined`: on a disk that cannot be filled here. */
  readonly disk: SmallDisk | undefined;
}

/** Something that goes wrong with the database while customers are served by instances that live on. */
export interface DatabasePlay {
  readonly what: string;
  /** How often a call's outcome may not have been kept: then it is made again, and marked. */
  readonly faults: number;
  run(fleet: Fleet, stage: Stage, database: Database): Promise<void>;
}

/** Customers are served while something happens, from the third call to the provider on. */
async function serveThrough(fleet: Fleet, stage: Stage, happens: () => Promise<void>): Promise<void> {
  const calls = fleet.simulator.calls.length;
  const served = Promise.all(smallLoads.map(({ play }) => play(stage, fleet)));
  served.catch(() => {});
  await fleet.simulator.waitForCalls(calls + 3, 30_000);
  await happens();
  await served;
  await stage.settled();
}

/** What may happen to a database. */
export const databasePlays: readonly DatabasePlay[] = [
  {
    what: 'its connections are cut',
    faults: cuts.times,
    run: (fleet, stage) =>
      serveThrough(fleet, stage, async () => {
        for (let cut = 0; cut < cuts.times; cut += 1) {
          await fleet.watch.cutOthers();
          await fleet.simulator.waitForCalls(fleet.simulator.calls.length + cuts.calls, 60_000);
        }
      }),
  },
  {
    what: 'it dies and is started again',
    faults: 1,
    run: (fleet, stage, { cluster }) => serveThrough(fleet, stage, () => cluster.restart()),
  },
  {
    what: 'the way to it of one instance is a black hole',
    faults: 1,
    run: (fleet, stage) =>
      serveThrough(fleet, stage, async () => {
        const [berth] = fleet.berths;
        assert.ok(berth);
        const began = performance.now();
        await berth.database.set('blackHole');
        await fleet.hostIn(berth).said(/The database cannot be told that this process is there/);
        const noticedMs = performance.now() - began;
        await berth.database.set('open');
        assert.ok(noticedMs < noticedWithinMs, `noticed after ${Math.round(noticedMs)} ms`);
      }),
  },
  {
    what: 'its disk is full',
    faults: 1,
    async run(fleet, stage, { disk }) {
      if (disk === undefined) return;
      await disk.fill(0);
      await sayUntilRefused(fleet, stage);
      await disk.free();
      await stage.served();
    },
  },
];

/** Plays something that goes wrong with the database; answers what the checker is to judge. */
export async function playDatabase(
  fleet: Fleet,
  { what, faults, run }: DatabasePlay,
  database: Database,
): Promise<readonly Witness[]> {
  const stage = new Stage(fleet);
  await run(fleet, stage, database);
  return stage.witnesses({ name: what, kills: 0, faults });
}
