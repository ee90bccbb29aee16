import type { Capabilities } from '../../../middleware/ports.ts';

/** The three kinds of channel that policies meet, and one that can do neither; only what policies look at matters. */
const common: Capabilities = {
  read: 'call',
  typing: 'independent',
  coversEarlier: 'no',
  typingPeriodMs: 10_000,
  minTypingPeriodMs: 1000,
  stopTyping: true,
  readWithinMs: null,
  sends: { interactive: true, media: true, template: true, longestText: 4096 },
  window: true,
  idempotentSend: false,
  callsPerSecond: 10,
};

/** Like WAHA: a receipt by a call of its own, typing apart from it. */
export const independent: Capabilities = common;

/** Like Meta and ACS: typing is a receipt too. */
export const impliesRead: Capabilities = {
  ...common,
  typing: 'impliesRead',
  typingPeriodMs: 24_000,
  minTypingPeriodMs: 20_000,
};

/** Like Twilio: a receipt only together with typing. */
export const withTyping: Capabilities = { ...impliesRead, read: 'withTyping' };

/** Neither receipts nor typing. */
export const neither: Capabilities = { ...common, read: 'none', typing: 'none', minTypingPeriodMs: 0 };
