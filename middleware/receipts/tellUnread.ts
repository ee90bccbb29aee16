import type { PolicyBook } from '../policy/policyBook.ts';
import type { Channel, Logger } from '../ports.ts';

/**
 * Says once what would only be noticed when no tick ever turns blue: channels whose policy, or a rule from outside of it,
 * leaves every message unread. Where a number's policy differs from its channel's, each counts for itself.
 */
export function tellUnread(
  channels: Iterable<Channel>,
  policies: Pick<PolicyBook, 'resolve'>,
  log: Logger,
): void {
  for (const { name: channel, capabilities, businesses } of channels) {
    const { read, barred } = capabilities;
    if (barred !== undefined) log.warn({ channel }, `No message is marked read: ${barred}`);
    if (read !== 'withTyping') continue;
    const unread = businesses.filter(
      business => !policies.resolve({ channel, business }).policy.read.acceptTypingWithRead,
    );
    if (unread.length === 0) continue;
    log.warn(
      { channel, numbers: unread.length, of: businesses.length },
      'No message is marked read: reading always shows typing on this channel, and the policy does not accept that. Set read.acceptTypingWithRead to true to have both',
    );
  }
}
