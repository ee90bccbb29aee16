import type { CustomerTyping } from '../domain.ts';
import { type Listener, Listeners } from '../listeners.ts';
import type { Channel, Logger } from '../ports.ts';

/** Somebody in this process who is told that customers write. Nobody waits for a promise; a rejection is logged. */
export type CustomerTypingListener = Listener<CustomerTyping>;

/** Tells those in this process who want to know that a customer writes. Nothing of it is kept. */
export class CustomerTypings extends Listeners<CustomerTyping> {
  constructor(log: Logger) {
    super(log, 'A listener of typing failed', ({ channel }) => ({ channel }));
  }

  /** What a webhook told; what it told of other businesses is nobody's affair. */
  tell({ businesses }: Channel, events: readonly CustomerTyping[] = []): void {
    for (const event of events) if (businesses.includes(event.business)) this.emit(event);
  }
}
