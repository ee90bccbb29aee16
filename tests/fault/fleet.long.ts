import assert from 'node:assert/strict';
import { startPostgres, type TestCluster } from '../support/postgres.ts';
import type { Violation } from './checker.ts';
import type { Witness } from './collect.ts';
import { databasePlays, playDatabase } from './databasePlays.ts';
import { Fleet } from './fleet.ts';
import { newDatabase } from './fleetDatabase.ts';
import { fleetSabotages, playFleetSabotage } from './fleetSabotage.ts';
import { instances, judgeFleet, playFleetShift } from './fleetShift.ts';
import { fleetTableOf } from './fleetTable.ts';
import { firstSeed, roundsWanted } from './rounds.ts';
import { SmallDisk } from './smallDisk.ts';

const rounds = roundsWanted(1);
const seed = firstSeed(20_261_122);
/** A kill is not a power cut: what was handed to the kernel stays, and is not waited for to be on a disk. */
const flags = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

/** How soon somebody takes over is for the soak to say: here other tests have the machine too, and seconds mean nothing. */
const told = (violations: readonly Violation[]) =>
  violations
    .filter(({ rule }) => rule !== 'late')
    .map(({ thread, rule, what }) => `${rule}: ${thread}: ${what}`);

describe('several instances over PostgreSQL', function () {
  this.timeout(180_000 + rounds * 60_000);
  let cluster: TestCluster;
  let disk: SmallDisk | undefined;
  before(async () => {
    cluster = await startPostgres(flags);
    disk = await SmallDisk.mount(48);
  });
  after(async () => {
    await cluster.stop();
    await disk?.unmount();
  });

  it(`of which each is killed at the n-th operation lose, repeat and mix up nothing (${rounds} rounds, seeds ${seed} to ${seed + rounds - 1})`, async () => {
    const seeds = Array.from({ length: rounds }, (_, round) => seed + round);
    const report = await playFleetShift(await newDatabase(cluster, 'kills'), seeds);
    const violations = told(report.violations);
    assert.equal(violations.length, 0, [...violations, fleetTableOf([report])].join('\n'));
    const deaths = report.rounds.flatMap(round => round.deaths);
    // One of them may be there to freeze.
    assert.ok(deaths.length >= rounds * (instances - 1));
    assert.ok(deaths.filter(death => death !== 'the end').length > deaths.length / 2, deaths.join());
    assert.ok(report.evidence.kept.takeovers.length > 0, 'nobody was taken over from');
  });

  it(`lose, repeat and mix up nothing while ${databasePlays.map(({ what }) => what).join('; ')}`, async () => {
    const fleet = await Fleet.create(await newDatabase(cluster, 'faults', disk), instances);
    try {
      const witnesses: Witness[] = [];
      for (const play of databasePlays)
        witnesses.push(...(await playDatabase(fleet, play, { cluster, disk })));
      const { violations } = await judgeFleet(fleet, witnesses);
      assert.deepEqual(told(violations), []);
    } finally {
      await fleet.close();
    }
  });

  describe('into which a fault was put', () => {
    let fleet: Fleet;
    const witnesses: Witness[] = [];
    before(async () => {
      fleet = await Fleet.create(await newDatabase(cluster, 'sabotage'), 2);
    });
    after(() => fleet.close());

    for (const sabotage of fleetSabotages) {
      const { what, finds } = sabotage;
      it(`${what}: the checker finds ${finds === undefined ? 'nothing' : `"${finds}"`}`, async () => {
        const violations = await playFleetSabotage(fleet, sabotage, witnesses);
        if (finds === undefined) assert.deepEqual(told(violations), []);
        else
          assert.ok(
            violations.some(({ rule }) => rule === finds),
            told(violations).join('\n'),
          );
      });
    }
  });
});
