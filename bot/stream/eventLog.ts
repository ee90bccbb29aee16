import type { ChangeReading, LoggedChange } from '../../middleware/changeLog.ts';

/** Something that changed, as readers of the stream get it. */
export type StreamEvent = LoggedChange;

/**
 * What changed lately, in one order, for any number of readers, each of whom asks at its own pace. `EventRing` keeps it in
 * memory, for one process; `SharedEvents` has it in the store that several share.
 */
export interface EventLog extends ChangeReading {
  /** Ends what it does, and forgets. */
  close(): void;
}
