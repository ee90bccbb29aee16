import type { LedgerEvent } from '../ledgerEvent.ts';
import { type Listener, Listeners } from '../listeners.ts';
import type { Logger } from '../ports.ts';
import { nameFailure } from './nameFailure.ts';

/** Somebody in this process who is told what happens to messages. Nobody waits for a promise; a rejection is logged. */
export type LedgerListener = Listener<LedgerEvent>;

/** Those who want to know what happens to messages. */
export class LedgerListeners extends Listeners<LedgerEvent> {
  constructor(log: Logger) {
    super(log, 'A listener of the ledger failed', event => {
      const { type } = event;
      if (!('message' in event)) return { type };
      // What the message answers, whose trace the line would have, an event does not say.
      const { conversation, message } = event;
      return { type, conversation, message, trace: undefined };
    });
  }

  override emit(event: LedgerEvent): void {
    super.emit(nameFailure(event));
  }
}
