import type { Witness } from './collect.ts';
import type { Ended } from './faultyHost.ts';
import type { Berth, Fleet } from './fleet.ts';
import { loads } from './load.ts';
import type { FaultPoint } from './points.ts';
import { pick, seededRandom } from './random.ts';
import type { Death } from './round.ts';
import { Stage } from './stage.ts';

/** The points that each of three instances passes in a round, roughly: measured. */
const points = 260;
/** The share of instances whose successor dies too. */
const killAgainShare = 0.1;
/** The share of rounds in which one instance does not die but freezes, until the others have taken it for dead. */
const freezeShare = 0.4;

/** What else goes wrong in a round: on the way of webhooks and calls. */
const weathers: readonly ((fleet: Fleet) => void)[] = [
  () => {},
  ({ simulator }) => simulator.faults.webhooks({ times: 8, how: { type: 'repeat', more: 2 } }),
  ({ simulator }) => simulator.faults.calls({ times: 6, how: { type: 'slow', ms: 200 } }),
];

/** How the instances in one place die. */
interface Plan {
  readonly berth: Berth;
  /** The point at which the one that runs dies, or freezes. */
  readonly killAt: number;
  readonly freezes: boolean;
  /** The point from its start at which its successor dies; 0: it lives. */
  readonly killAgainAt: number;
}

/** What came of a round. */
export interface FleetReport {
  readonly seed: number;
  readonly deaths: readonly Death[];
  /** Where instances froze. */
  readonly freezes: readonly FaultPoint[];
  /** What did not come in time. */
  readonly failures: readonly string[];
  readonly witnesses: readonly Witness[];
}

/**
 * Plays a round: customers write to every instance, each instance dies at its point and is started again, or freezes there, until
 * nothing is owed any more.
 */
export async function playFleetRound(fleet: Fleet, seed: number): Promise<FleetReport> {
  const random = seededRandom(seed);
  const deaths: Death[] = [];
  const freezes: FaultPoint[] = [];
  const failures: string[] = [];
  const tell = (error: Error) => void failures.push(error.message);
  const mourn = ({ killedAt, output }: Ended) => {
    if (killedAt === undefined) failures.push(`a host ended by itself:\n${output}`);
    deaths.push(killedAt ?? 'by itself');
  };

  /** An instance lives until its point comes, or everything has been played; then the next one is started in its place. */
  const liveAndDie = async ({ berth, killAgainAt }: Plan, played: Promise<unknown>) => {
    const death = () => Promise.race([fleet.hostIn(berth).ended, played.then(() => undefined)]);
    const first = await death();
    if (first === undefined) deaths.push('the end');
    else mourn(first);
    await fleet.hostIn(berth).end('SIGKILL');
    const atStart = await fleet.start(berth, killAgainAt);
    if (atStart !== undefined) mourn(atStart);
    else if (killAgainAt > 0) {
      const second = (await death()) ?? (await fleet.hostIn(berth).order({ killIn: 0 }));
      if (second === undefined) return;
      mourn(second);
      await fleet.start(berth);
    }
  };

  /** An instance freezes when its point comes, unless everything has been played before, and wakes when it is taken for dead. */
  const freezeAndWake = async ({ berth }: Plan, played: Promise<unknown>) => {
    const host = fleet.hostIn(berth);
    const point = () => Promise.race([host.frozen(), played.then(() => undefined)]);
    const calledOff = () => Promise.race([host.frozen(), host.order({ freezeIn: 0 })]);
    const frozen = (await point()) ?? (await calledOff());
    if (frozen === undefined || !('frozenAt' in frozen)) return;
    freezes.push(frozen.frozenAt);
    await fleet.thawZombie(host, frozen);
  };

  pick(weathers, random)(fleet);
  // Ticks come in any order, and each of them twice.
  fleet.simulator.faults.statuses({ times: 'all', order: 'shuffled', seed, copies: 2 });
  const deadly = fleet.berths.map(berth => ({
    berth,
    killAt: 1 + Math.floor(random() * points),
    killAgainAt: random() < killAgainShare ? 1 + Math.floor(random() * points) : 0,
  }));
  const frosty = random() < freezeShare ? pick(fleet.berths, random) : undefined;
  const plans: Plan[] = deadly.map(plan => ({ ...plan, freezes: plan.berth === frosty }));
  for (const { berth, killAt, freezes } of plans)
    await fleet.hostIn(berth).order(freezes ? { freezeIn: killAt } : { killIn: killAt });
  const stages = loads.map(load => ({ load, stage: new Stage(fleet) }));
  const played = Promise.all(stages.map(({ load, stage }) => load.play(stage, fleet).catch(tell))).then(
    () => {
      // What was kept back to be told in another order comes now.
      fleet.simulator.faults.clear();
    },
  );
  await Promise.all(
    plans.map(plan => (plan.freezes ? freezeAndWake(plan, played) : liveAndDie(plan, played))),
  );
  await played;
  for (const { stage } of stages) await stage.settled().catch(tell);
  const witnesses = stages.flatMap(({ load, stage }) =>
    stage.witnesses({ name: `${load.name}, seed ${seed}`, kills: deaths.length, faults: freezes.length }),
  );
  return { seed, deaths, freezes, failures, witnesses };
}
