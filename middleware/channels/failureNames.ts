import type { ChannelName, FailureName } from '../domain.ts';
import { acsFailures } from './acs/failures.ts';
import type { FailureMap } from './failureMap.ts';
import { businessMessagesFailures, rbmFailures } from './google/failures.ts';
import { metaFailures } from './meta/failures.ts';
import { twilioFailures } from './twilio/failures.ts';
import { wahaFailures } from './waha/failures.ts';
import { wawpFailures } from './wawp/failures.ts';

/**
 * What the codes of each channel's failures are documented in; the first map that knows a code says what it means. ACS
 * passes on Meta's codes in its statuses, and the simulator speaks as Meta does.
 */
export const failureMaps: Readonly<Partial<Record<ChannelName, readonly FailureMap[]>>> = {
  acs: [acsFailures, metaFailures],
  meta: [metaFailures],
  twilio: [twilioFailures],
  wawp: [wawpFailures],
  waha: [wahaFailures],
  google: [rbmFailures, businessMessagesFailures],
  simulator: [metaFailures],
};

/** What a code that a channel reported means, in our words. */
export function failureName(channel: ChannelName, code: string): FailureName {
  for (const map of failureMaps[channel] ?? []) {
    const documented = map.find(code);
    if (documented !== undefined) return documented.is;
  }
  return 'unknown';
}
