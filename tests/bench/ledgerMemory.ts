/**
 * Ten days of statuses in a process of its own: `node ledgerMemory.ts <store>`. It prints the milliseconds that the first
 * 300,000 took, the size of the store then, and its resident memory in kB then and at its most until 3 million were through.
 *
 * @module
 */
import { statSync } from 'node:fs';
import { createEngine, createPolicyBook, openSqliteStore } from '../../middleware/index.ts';
import { metaLike, scriptedChannel } from '../support/scriptedChannel.ts';
import { benchBusiness, seeded } from './samples.ts';
import { acknowledgementOf, statusAt, statusesEach } from './statusLoad.ts';

/** 100,000 messages. */
const statusesADay = 100_000 * statusesEach;
const days = 10;
/** A webhook holds this many; so many are in flight. */
const statusesATime = 10;
const inFlight = 32;

const path = String(process.argv[2]);
const store = await openSqliteStore({ path });
const channel = { ...scriptedChannel(metaLike, () => 0), businesses: [benchBusiness] };
const engine = createEngine({ store, channels: [channel], policies: createPolicyBook({}, [channel]) });
engine.start();
const random = seeded(6);
const resident: number[] = [];
let dayMs = 0;
let size = 0;
// A day's statuses in any order, by their numbers: as objects they would be most of the memory that is measured.
const order = Uint32Array.from({ length: statusesADay }, (_, index) => index);
for (let day = 0; day < days; day += 1) {
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  const start = performance.now();
  let next = 0;
  const work = async () => {
    while (next < order.length) {
      const batch = Array.from(order.subarray(next, next + statusesATime));
      const acknowledgements = batch.map(index => acknowledgementOf(statusAt(day * statusesADay + index)));
      next += statusesATime;
      await engine.admit(channel, { messages: [], acknowledgements, rejected: [] });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  if (day === 0) {
    dayMs = performance.now() - start;
    size = statSync(path).size + statSync(`${path}-wal`).size;
  }
  resident.push(Math.round(process.memoryUsage().rss / 1024));
}
await engine.stop();
await store.close();
process.stdout.write(
  `day ${Math.round(dayMs)} size ${size} resident ${resident[0]} then ${Math.max(...resident)}\n`,
);
