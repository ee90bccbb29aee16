import { check, type Violation } from './checker.ts';
import { collect, type Witness } from './collect.ts';
import type { Fleet } from './fleet.ts';
import type { ToHost } from './points.ts';
import { lines } from './scenarios.ts';
import { Stage } from './stage.ts';

/** A fault that is put into instances on purpose: a checker that lets it pass is worth nothing. */
export interface FleetSabotage {
  readonly what: string;
  readonly order: ToHost;
  /** What is among that which the checker finds; `undefined`: it finds nothing, as nothing is wrong. */
  readonly finds: Violation['rule'] | undefined;
}

/** See {@link FleetSabotage}. */
export const fleetSabotages: readonly FleetSabotage[] = [
  { what: 'nothing is wrong', order: { sabotage: 'none' }, finds: undefined },
  { what: 'a lock is ignored', order: { sabotage: 'ignoresTheLock' }, finds: 'stolen' },
  { what: 'live leases are taken', order: { sabotage: 'takesLiveLeases' }, finds: 'stolen' },
  { what: 'a status is dropped', order: { sabotage: 'dropsStatuses' }, finds: 'forgotten' },
  { what: 'a level falls', order: { sabotage: 'letsLevelsFall' }, finds: 'fell' },
  { what: 'the store says that it kept what it did not', order: { store: 'lying' }, finds: 'lost' },
];

/**
 * Has customers served by sabotaged instances, and then the checker judge.
 *
 * @param before what was played before in the same place
 */
export async function playFleetSabotage(
  fleet: Fleet,
  { what, order }: FleetSabotage,
  before: Witness[],
): Promise<readonly Violation[]> {
  const { simulator } = fleet;
  await fleet.watch.forget();
  for (const host of fleet.hosts) await host.order(order);
  const stage = new Stage(fleet);
  // Instances are at work in a conversation while what comes next in it reaches another one; ticks come last first.
  simulator.faults.calls({ times: 6, how: { type: 'slow', ms: 150 } });
  simulator.faults.statuses({ times: 'all', order: 'reversed' });
  const customer = stage.newCustomer('plain');
  customer.phone.open();
  customer.sayInARow(lines.place, lines.hours, lines.thanks);
  if (order.store === 'lying') await simulator.idle();
  else await customer.answered();
  simulator.faults.clear();
  for (const host of fleet.hosts) await host.order({ sabotage: 'none', store: 'honest' });
  if (order.store !== 'lying') await stage.settled();
  const witnesses = stage.witnesses({ name: what, kills: 0, faults: 0 });
  before.push(...witnesses);
  const evidence = collect(simulator, before, await fleet.kept(), fleet.texts.calls);
  return check(evidence).filter(({ thread }) => thread === what || thread === 'all');
}
