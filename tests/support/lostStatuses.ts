import { parseEvents } from '../../middleware/channels/meta/parseEvents.ts';
import type { ReportedLevel } from '../../middleware/domain.ts';
import type { MessageView } from './ledgerApi.ts';

/** An attempt to deliver a webhook, and how it was answered. */
export interface Attempt {
  readonly body: string;
  readonly status?: number;
}

/** What a host says of statuses in the end. */
export interface Kept {
  /** Its messages, by the provider's id. */
  readonly messages: ReadonlyMap<string, Pick<MessageView, 'at' | 'failures'> | undefined>;
  /** What its listing of orphans holds. */
  readonly orphans: readonly {
    readonly acknowledgement: { readonly providerId: string; readonly status: string };
  }[];
}

/** The statuses of Meta's webhooks that were answered 200 and are nowhere, or later than they were reported. */
export function lostStatuses(attempts: readonly Attempt[], { messages, orphans }: Kept): string[] {
  const waiting = new Set(
    orphans.map(({ acknowledgement: { providerId, status } }) => `${status} of ${providerId}`),
  );
  const lost = attempts
    .filter(({ status }) => status === 200)
    .flatMap(({ body }) => parseEvents(Buffer.from(body), 'meta').acknowledgements)
    .filter(({ providerId, status, means, at, failures = [] }) => {
      if (waiting.has(`${status} of ${providerId}`)) return false;
      const message = messages.get(providerId);
      if (means === 'failed')
        return !failures.every(({ code }) => message?.failures.some(failure => failure.code === code));
      const known = message?.at[means as ReportedLevel];
      return known === undefined || Date.parse(known) > at;
    })
    .map(({ providerId, status }) => `${status} of ${providerId}`);
  return [...new Set(lost)];
}
