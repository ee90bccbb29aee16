import type { LedgerEvent } from '../ledgerEvent.ts';
import { type Listener, Listeners } from '../listeners.ts';
import type { Logger } from '../ports.ts';
import { nameFailure } from './nameFailure.ts';

/** Somebody in this process who is told what happens to messages. Nobody waits for a promise; a rejection is logged. */
export type LedgerListener = Listener<LedgerEvent>;

/** Those who want to know what happens to messages. */
export class LedgerListeners extends Listeners<LedgerEvent> {
  constructor(log: Logger) {
    super(log, 'A listener of the ledger failed', ({ type }) => ({ type }));
  }

  override emit(event: LedgerEvent): void {
    super.emit(nameFailure(event));
  }
}
