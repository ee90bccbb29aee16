import { failureName } from '../channels/failureNames.ts';
import type { LedgerEvent } from '../ledgerEvent.ts';

/**
 * An event as it is told: of a failure that came as a status, a store keeps the provider's code alone, and what it is in
 * our words is known here.
 */
export function nameFailure(event: LedgerEvent): LedgerEvent {
  if (event.type !== 'message.failed' || event.is !== undefined) return event;
  return { ...event, is: failureName(event.channel, event.code) };
}
