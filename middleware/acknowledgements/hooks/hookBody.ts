import type { LedgerEvent } from '../../ledgerEvent.ts';
import { nameFailure } from '../nameFailure.ts';

/**
 * What a web hook says of an event, in the form of Standard Webhooks: `{ type, timestamp, data }`. An event has neither
 * number nor text nor a provider's id, so a web hook has none.
 */
export function hookBody(event: LedgerEvent): string {
  const { type, at, ...data } = nameFailure(event);
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
}
