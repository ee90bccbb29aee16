import type { Activity } from 'botbuilder';
import type { Conversation } from '../../middleware/domain.ts';
import type { ReceiptDecision, Store } from '../../middleware/ports.ts';
import type { TraceQueue } from './traceQueue.ts';

/** The Emulator's conversations whose receipts are watched. */
const limit = 1000;

/**
 * Watches what the engine decides about receipts as it writes it down, and shows each decision in the Emulator: a trace,
 * which its inspector opens. Conversations of other channels are not looked at.
 */
export function traceReceipts(store: Store, traces: TraceQueue): Store {
  /** By our id: the Emulator's. */
  const watched = new Map<string, string>();

  function show(id: string, message: string, decision: ReceiptDecision): void {
    const conversation = watched.get(id);
    if (conversation !== undefined) traces.add(conversation, traceOf(message, decision));
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
        if (status === 'admitted' && receipt !== undefined) show(conversation.id, ref, receipt);
      }
      for (const receipt of result.moved) show(receipt.conversation, receipt.ref, receipt);
      return result;
    },
    async changeReceipts(conversation, changes, options) {
      const result = await store.changeReceipts(conversation, changes, options);
      for (const change of changes) {
        if (result.changed.includes(change.ref)) show(conversation, change.ref, change);
      }
      for (const receipt of result.moved) show(conversation, receipt.ref, receipt);
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
