import type { Activity } from 'botbuilder';
import { describeError } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import type { EmulatorLine } from './emulatorLine.ts';

/** So many traces of one conversation wait; of more, the newest are dropped. */
const waitingLimit = 100;

/**
 * Sends traces, those of one conversation in their order. Each conversation has a queue of its own: where the Emulator
 * takes its time, or never answers, nobody else waits.
 */
export class TraceQueue {
  readonly #waiting = new Map<string, Partial<Activity>[]>();
  readonly #line: EmulatorLine;
  readonly #log: Logger;

  constructor(line: EmulatorLine, log: Logger) {
    this.#line = line;
    this.#log = log;
  }

  /** Sends a trace in a conversation of the Emulator, after those before it. It never fails: a trace may be lost. */
  add(conversation: string, trace: Partial<Activity>): void {
    const waiting = this.#waiting.get(conversation);
    if (waiting === undefined) {
      const queue = [trace];
      this.#waiting.set(conversation, queue);
      void this.#drain(conversation, queue);
    } else if (waiting.length < waitingLimit) waiting.push(trace);
    else this.#log.debug({ waitingLimit }, 'A trace was dropped: the Emulator is behind');
  }

  async #drain(conversation: string, queue: Partial<Activity>[]): Promise<void> {
    for (let trace = queue.shift(); trace !== undefined; trace = queue.shift()) {
      try {
        await this.#line.speak(conversation, [trace]);
      } catch (error) {
        this.#log.debug(describeError(error), 'A trace did not reach the Emulator');
      }
    }
    this.#waiting.delete(conversation);
  }
}
