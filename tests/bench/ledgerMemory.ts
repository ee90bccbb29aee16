/**
 * Ten days of statuses in a process of its own: `node ledgerMemory.ts <store>`. It prints the milliseconds that the first
 * 300,000 took, the size of the store then, and its resident memory in kB then and after 3 million.
 *
 * @module
 */
import { statSync } from 'node:fs';
import { createEngine, createPolicyBook, openSqliteStore } from '../../middleware/index.ts';
import { metaLike, scriptedChannel } from '../support/scriptedChannel.ts';
import { benchBusiness, seeded } from './samples.ts';
import { acknowledgementOf, statusesOf } from './statusLoad.ts';

/** Messages a day, which have three statuses each. */
const messagesADay = 100_000;
const days = 10;
/** A webhook holds this many; so many are in flight. */
const statusesEach = 10;
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
for (let day = 0; day < days; day += 1) {
  const statuses = statusesOf(day * messagesADay, (day + 1) * messagesADay, random);
  const start = performance.now();
  let next = 0;
  const work = async () => {
    while (next < statuses.length) {
      const acknowledgements = statuses.slice(next, next + statusesEach).map(acknowledgementOf);
      next += statusesEach;
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
  `day ${Math.round(dayMs)} size ${size} resident ${resident[0]} then ${resident.at(-1)}\n`,
);
