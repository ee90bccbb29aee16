import type { Activity } from 'botbuilder';
import type { Conversation } from '../../middleware/domain.ts';
import { describeError } from '../../middleware/errors.ts';
import type { Logger, ReceiptDecision, Store } from '../../middleware/ports.ts';
import type { EmulatorLine } from './emulatorLine.ts';

/** The Emulator's conversations whose receipts are watched. */
const limit = 1000;

/**
 * Watches what the engine decides about receipts as it writes it down, and shows each decision in the Emulator: a trace,
 * which its inspector opens. Conversations of other channels are not looked at.
 */
export function traceReceipts(store: Store, line: EmulatorLine, log: Logger): Store {
  /** By our id: the Emulator's. */
  const watched = new Map<string, string>();
  /** A trace waits for the one before it, so that decisions show in their order. */
  let last: Promise<unknown> = Promise.resolve();

  function show(conversation: string | undefined, message: string, decision: ReceiptDecision): void {
    if (conversation === undefined) return;
    last = last
      .then(() => line.speak(conversation, [traceOf(message, decision)]))
      .catch(error => log.debug(describeError(error), 'A trace did not reach the Emulator'));
  }
  function watch({ id, channel, customer }: Conversation): void {
    if (channel !== 'emulator' || watched.has(id)) return;
    watched.set(id, customer);
    const [oldest] = watched.keys();
    if (watched.size > limit && oldest !== undefined) watched.delete(oldest);
  }

  return {
    ...store,
    async admit(batch) {
      const result = await store.admit(batch);
      for (const { conversation, ref, receipt, status } of result.admitted) {
        watch(conversation);
        if (status === 'admitted' && receipt !== undefined) show(watched.get(conversation.id), ref, receipt);
      }
      return result;
    },
    async changeReceipts(conversation, changes, options) {
      const result = await store.changeReceipts(conversation, changes, options);
      for (const change of changes) {
        if (result.changed.includes(change.ref)) show(watched.get(conversation), change.ref, change);
      }
      return result;
    },
  };
}

/** A trace of the Bot Framework: `name` and `label` are what the Emulator's log shows, `value` what its inspector does. */
function traceOf(message: string, { outcome, until, dueAt, because }: ReceiptDecision): Partial<Activity> {
  return {
    type: 'trace',
    name: 'Bluetick',
    label: `Receipt ${outcome}: ${because}`,
    valueType: 'urn:bluetick:receipt',
    value: {
      message,
      outcome,
      because,
      ...(until !== undefined && { until }),
      ...(dueAt !== undefined && { dueAt: new Date(dueAt).toISOString() }),
    },
  };
}
