import type { Scheduler } from '../ports.ts';
import { pause, wokenBy } from './pause.ts';

/** A call, or several, not answered yet. */
export interface CallUnderWay {
  readonly abort: AbortController;
  /** Resolves, never rejects, when all of it has ended. */
  readonly ended: Promise<void>;
}

/** Waits for a call to end, and aborts it when it takes longer than `patienceMs`. */
export async function endWithin(
  scheduler: Scheduler,
  { abort, ended }: CallUnderWay,
  patienceMs: number,
): Promise<void> {
  if ((await pause(scheduler, patienceMs, { wake: wokenBy(ended) })) === 'woken') return;
  abort.abort();
  await ended;
}
