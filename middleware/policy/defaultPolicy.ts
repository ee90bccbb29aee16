import { frozenCopy } from './frozenCopy.ts';
import type { Policy } from './policy.ts';

const noDelay = { minMs: 0, maxMs: null, perCharacterMs: 0, jitter: 0 };

/**
 * What holds where no document says anything: blue at once, typing while the bot works, no artificial wait.
 * It is what a customer of a person who has the chat open sees. {@link Policy} gives the reason of each value.
 * It cannot be changed.
 */
export const defaultPolicy: Policy = frozenCopy<Policy>({
  read: { when: 'accepted', delay: noDelay, eachMessage: false, acceptTypingWithRead: false },
  typing: { show: true, keepAliveMs: null, limitMs: 120_000 },
  think: { delay: noDelay },
  reply: { delay: noDelay, receiptBarrierMs: 1500 },
  handoff: { read: null, typing: true, repliedByStatus: false, takeBackAfterMs: null },
  window: { fallbackTemplate: null },
});
