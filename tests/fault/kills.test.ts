import assert from 'node:assert/strict';
import { firstSeed, playRounds, roundsWanted } from './rounds.ts';
import { tableOf } from './table.ts';

const rounds = roundsWanted(20);
const seed = firstSeed(20_261_122);

describe(`the host, killed at the n-th operation (${rounds} rounds, seeds ${seed} to ${seed + rounds - 1})`, function () {
  this.timeout(30_000 + rounds * 15_000);

  it('loses nothing that it answered 2xx, repeats nothing unmarked, releases nothing that is held', async () => {
    const reports = await playRounds(seed, rounds);
    const violations = reports.flatMap(report => report.violations);
    const list = violations.map(({ thread, rule, what }) => `${rule}: ${thread}: ${what}`);
    assert.equal(violations.length, 0, [...list, tableOf(reports)].join('\n'));
    // The kills come from a file that the product does not know: were they to find nothing to count, nobody would die.
    const deaths = reports.flatMap(report => report.rounds.flatMap(round => round.deaths));
    const atPoints = deaths.filter(death => death !== 'the end').length;
    assert.ok(atPoints > deaths.length / 2, tableOf(reports));
  });
});
