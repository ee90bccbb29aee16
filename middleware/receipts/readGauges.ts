import type { Figures } from '../acknowledgements/figures/figures.ts';
import { readStuck } from '../acknowledgements/figures/insights.ts';
import { unmatchedAfterMs } from '../acknowledgements/unmatched.ts';
import type { Channel, Clock, Scheduler, Store } from '../ports.ts';
import type { Reading } from '../telemetry/meters.ts';
import { callWithin } from '../timing/callWithin.ts';

/** How long the store may take: who asks for the gauges waits no longer, and the store counts as away. */
const limitMs = 2000;

/**
 * Reads how it is now: what the store holds that somebody should look at, and whether it can be written at all. Each process
 * that shares the store says the same of it. It never rejects: of a store that is away that is all there is to tell.
 */
export async function readGauges(parts: {
  readonly store: Pick<Store, 'ping' | 'stuck' | 'countLedger'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly channels: readonly Pick<Channel, 'name'>[];
  readonly figures: Pick<Figures, 'velocities'>;
}): Promise<readonly Reading[]> {
  const { store, clock, scheduler, channels, figures } = parts;
  const now = clock.now();
  const slow = figures.velocities().filter(({ slow }) => slow);
  const readings: Reading[] = [];
  try {
    const look = async () => {
      await store.ping(now);
      return Promise.all([readStuck(store, now), store.countLedger(now - unmatchedAfterMs)]);
    };
    const [{ counts }, aside] = await callWithin(scheduler, limitMs, look);
    readings.push({ gauge: 'storeUp', values: [], value: 1 });
    for (const { name: channel } of channels) {
      const stuck = counts
        .filter(each => each.channel === channel)
        .reduce((sum, { count }) => sum + count, 0);
      readings.push({ gauge: 'stuck', values: [channel], value: stuck });
    }
    readings.push(
      { gauge: 'deadLetters', values: [], value: aside.deadLetters },
      { gauge: 'setAside', values: ['orphan'], value: aside.orphans },
      { gauge: 'setAside', values: ['unmatched'], value: aside.unmatched },
      { gauge: 'setAside', values: ['quarantined'], value: aside.quarantined },
    );
  } catch {
    readings.push({ gauge: 'storeUp', values: [], value: 0 });
  }
  for (const { name: channel } of channels) {
    const value = slow.filter(each => each.channel === channel).length;
    readings.push({ gauge: 'slow', values: [channel], value });
  }
  return readings;
}
