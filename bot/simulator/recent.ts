/** How many entries a log of the simulator keeps: enough for any test, bounded for one that runs for weeks. */
const limit = 100_000;

/** Adds an entry to a log and drops the oldest ones beyond the limit. */
export function remember<T>(log: T[], entry: T): void {
  log.push(entry);
  // A tenth at a time: taking entries off the front one by one would copy the log each time.
  if (log.length > limit * 1.1) log.splice(0, log.length - limit);
}
