import type { Capabilities } from '../../ports.ts';

/** Azure publishes no limit for Advanced Messaging. It stands on Meta's platform, whose default this is (META-THR). */
export const defaultCallsPerSecond = 80;

/**
 * Meta's typing goes by itself after 25 s (META-TYPING). ACS hands it to Meta, so the same is expected of it, and not
 * documented; one second before, it is shown again.
 */
const typingPeriodMs = 24_000;

/** Below this, refreshing typing costs calls and changes nothing that the customer sees. */
const minTypingPeriodMs = 20_000;

/** Azure names no limit. This is Meta's advice, for whom the receipt is: later than this nobody waits for it. */
const readWithinMs = 30 * 24 * 60 * 60 * 1000;

/** Azure names no limit of a text. ACS hands it to Meta, whose limit this is by its public page on text messages. */
const longestText = 4096;

/**
 * What ACS Advanced Messaging can do for WhatsApp (specification 2025-09-01-preview). There is no call that shows typing
 * alone, and none that stops it. That a receipt covers earlier messages is Meta's rule, and expected here: Azure
 * does not say so. A send may be repeated: the service knows it by its Repeatability headers, for a time that is not
 * documented.
 *
 * @param callsPerSecond what one channel may be called with
 */
export function acsCapabilities(callsPerSecond: number): Capabilities {
  return {
    read: 'call',
    typing: 'impliesRead',
    coversEarlier: 'expected',
    typingPeriodMs,
    minTypingPeriodMs,
    stopTyping: false,
    readWithinMs,
    sends: { interactive: true, media: true, template: true, longestText },
    window: true,
    idempotentSend: true,
    callsPerSecond,
  };
}
