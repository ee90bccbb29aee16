import type { Capabilities } from '../../ports.ts';

/**
 * Calls a second by default. Neither gateway documents a rate, and what WhatsApp takes from a linked device nobody says:
 * this is some four messages a second with their receipts and typing, more than one person's phone ever sees.
 */
export const defaultCallsPerSecond = 10;

/** Wawp's typing goes by itself after 10 to 20 s. WAHA's lasts until it is stopped, but phones drop it, nobody says when. */
const typingPeriodMs = 10_000;

/** Below this, showing typing again costs calls and changes nothing that the customer sees. */
const minTypingPeriodMs = 1000;

/**
 * What a linked device can do. Read and typing are calls of their own, and independent. A receipt's call names its
 * messages, which the engines NOWEB and GOWS mark one by one; WEBJS marks the whole chat, whatever is named, so that what
 * is held must bar what comes after it. There is no window, and nothing makes a repeated send safe. Texts are all that goes
 * out: how files are sent is not documented to us, and a linked device has neither buttons nor templates.
 *
 * @param callsPerSecond what one session may be called with
 * @param longestText the longest text that the gateway takes, in characters; `null`: no limit is known
 */
export function linkedDeviceCapabilities(
  callsPerSecond: number,
  longestText: number | null = null,
): Capabilities {
  return {
    read: 'call',
    typing: 'independent',
    coversEarlier: 'named',
    typingPeriodMs,
    minTypingPeriodMs,
    stopTyping: true,
    readWithinMs: null,
    sends: { interactive: false, media: false, template: false, longestText },
    window: false,
    idempotentSend: false,
    callsPerSecond,
    unofficial: 'a linked device, which WhatsApp does not offer to programs: it may block the number',
  };
}
