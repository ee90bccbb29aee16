import type { Witness } from './collect.ts';
import type { Ended } from './faultyHost.ts';
import type { FaultPoint } from './points.ts';
import { pick, seededRandom } from './random.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { Stage } from './stage.ts';
import { type Weather, weathers } from './weather.ts';
import type { World } from './world.ts';

/** Its multiples, taken without their whole part, lie evenly between 0 and 1, however many there are. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;
/** The share of rounds in which the host that takes over dies too. */
const killAgainShare = 0.25;
/** The share of rounds with foul weather. */
const foulShare = 0.3;

/** What a seed makes of a round. */
export interface RoundPlan {
  readonly seed: number;
  readonly scenario: Scenario;
  /** The point, counted from the first webhook on, at which the host dies. */
  readonly killAt: number;
  /** The point, counted from its start, at which the next host dies too; 0: it lives. */
  readonly killAgainAt: number;
  readonly weather: Weather;
  /** From 0 up to 1: where in the round the weather strikes. */
  readonly strikesAt: number;
}

/** Where a host died; `the end`: everything had come to rest before, and the test killed it then. */
export type Death = FaultPoint | 'the end' | 'by itself';

/** What came of a round. */
export interface RoundReport {
  readonly plan: RoundPlan;
  readonly deaths: readonly Death[];
  /** What did not come in time. */
  readonly failures: readonly string[];
  readonly witnesses: readonly Witness[];
}

/** Plans a round by its seed. Consecutive seeds play every scenario in turn, and strike all over each. */
export function planRound(seed: number): RoundPlan {
  const random = seededRandom(seed);
  const scenario = scenarios[seed % scenarios.length] as Scenario;
  const pointAt = (share: number) => 1 + Math.floor(share * scenario.points);
  const killAt = pointAt((Math.floor(seed / scenarios.length) * goldenRatio) % 1);
  const killAgainAt = random() < killAgainShare ? pointAt(random()) : 0;
  const foul = random() < foulShare && scenario.anyWeather;
  const weather = pick(foul ? weathers.foul : weathers.fair, random);
  return { seed, scenario, killAt, killAgainAt, weather, strikesAt: random() };
}

/** Plays a round: customers write, the host dies, the next one takes over, until nothing is owed any more. */
export async function playRound(world: World, plan: RoundPlan): Promise<RoundReport> {
  const { seed, scenario, killAt, killAgainAt, weather } = plan;
  const stage = new Stage(world);
  const deaths: Death[] = [];
  const failures: string[] = [];
  const tell = (error: Error) => void failures.push(error.message);

  await weather.begins(world, plan.strikesAt);
  await world.host.order({ killIn: killAt });
  const played = scenario
    .play(stage)
    .then(() => stage.settled())
    .catch(tell);
  /** How the host ends, if it does before everything has come to rest. */
  const death = () => Promise.race([world.host.ended, played.then(() => undefined)]);
  const mourn = ({ killedAt, output }: Ended) => {
    if (killedAt === undefined) failures.push(`the host ended by itself:\n${output}`);
    deaths.push(killedAt ?? 'by itself');
  };
  const first = await death();
  if (first !== undefined) mourn(first);
  else deaths.push('the end');
  await world.stop('SIGKILL');

  const atStart = await world.start(killAgainAt);
  if (atStart !== undefined) mourn(atStart);
  else if (killAgainAt > 0) {
    const second = (await death()) ?? (await world.host.order({ killIn: 0 }));
    if (second !== undefined) {
      mourn(second);
      await world.start();
    }
  }
  await played;
  world.simulator.faults.clear();
  // Once more, by the host that lives: a death in the end may have taken back what the one before had said.
  await stage.settled().catch(tell);
  const facts = { name: `${scenario.name}, seed ${seed}`, kills: deaths.length, faults: weather.faults };
  return { plan, deaths, failures, witnesses: stage.witnesses(facts) };
}
