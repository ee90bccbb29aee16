import type { Capabilities } from '../../ports.ts';

/** Meta's default throughput of one business number, in messages a second (throughput page, META-THR). */
export const defaultCallsPerSecond = 80;

/** Typing goes by itself after 25 s (META-TYPING); one second before that it is shown again. */
const typingPeriodMs = 24_000;

/** Below this, refreshing typing costs calls and changes nothing that the customer sees. */
const minTypingPeriodMs = 20_000;

/** "Mark an incoming message as read within 30 days of receipt" (mark messages as read page). */
const readWithinMs = 30 * 24 * 60 * 60 * 1000;

/** The longest text, in characters: from Meta's public page on text messages, which our sheet of facts does not hold. */
const longestText = 4096;

/**
 * What Meta's Cloud API can do, as its own pages say. Typing is the call that marks read with one field more, so
 * it always reads. Nothing makes a repeated send safe: `biz_opaque_callback_data` is echoed, not deduplicated.
 *
 * @param callsPerSecond the throughput of the number; whether receipts count towards it is not documented, so
 * they are counted
 */
export function metaCapabilities(callsPerSecond: number): Capabilities {
  return {
    read: 'call',
    typing: 'impliesRead',
    coversEarlier: 'documented',
    typingPeriodMs,
    minTypingPeriodMs,
    stopTyping: false,
    readWithinMs,
    sends: { interactive: true, media: true, template: true, longestText },
    window: true,
    idempotentSend: false,
    callsPerSecond,
  };
}
