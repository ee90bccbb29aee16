import type { Clock, Scheduler } from '../../middleware/ports.ts';
import { pause } from '../../middleware/timing/pause.ts';
import { measure } from '../../middleware/timing/systemClock.ts';
import { SourceAway } from './secretSource.ts';
import type { Secrets } from './secrets.ts';

/**
 * How long a start waits for a source that is away, in milliseconds. What follows has its time too: App Service ends a start
 * after 230 s (learn.microsoft.com/azure/app-service/reference-app-settings, `WEBSITES_CONTAINER_START_TIME_LIMIT`).
 */
const patienceMs = 90_000;
/** The first wait; each is twice the one before, up to the longest. */
const firstWaitMs = 1000;
const longestWaitMs = 8000;

/** What it needs from the outside. */
export interface ReadAtStartParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Told, in a sentence without a value, why the start waits; of one reason once. */
  readonly tell: (why: string) => void;
}

/**
 * Reads the settings for a start. A key vault that does not answer at that moment is asked again for a while; nothing is kept of
 * an earlier start, so without it there is none. What waiting does not mend is told at once.
 *
 * @throws BluetickError `invalid_configuration`, the last one where the source stays away
 */
export async function readAtStart(
  secrets: Pick<Secrets, 'read'>,
  { clock, scheduler, tell }: ReadAtStartParts,
): Promise<NodeJS.ProcessEnv> {
  const waited = measure(clock);
  let told = '';
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      return await secrets.read();
    } catch (error) {
      if (!(error instanceof SourceAway) || waited() + waitMs > patienceMs) throw error;
      if (error.message !== told) tell(`${error.message}: the start asks again for ${patienceMs / 1000} s`);
      told = error.message;
      await pause(scheduler, waitMs);
    }
  }
}
