import type { Capabilities } from '../../ports.ts';

/** No rate is documented in what we know of either format; what answers 429 is obeyed, whatever stands here. */
export const defaultCallsPerSecond = 50;

/** How long typing shows is not verified; it is said to be some 20 s, before which it is shown again. */
const typingPeriodMs = 15_000;

/** Below this, refreshing typing costs calls and changes nothing that the customer sees. */
const minTypingPeriodMs = 5_000;

/**
 * The longest text, in characters: from Google's public page on sending messages in RCS for Business, which our sheet of
 * facts does not hold. For Business Messages the same is expected.
 */
const longestText = 3072;

/**
 * What Google's two formats can do. A receipt is of one message, typing stands alone, and there is no window. A message is
 * sent under an id of ours, so that a repeat of the call is the same message: RCS for Business says so, and of Business
 * Messages it follows from its messages being resources of that name. Buttons and lists are suggested replies; there are no
 * templates.
 *
 * @param businessMessages whether that format is on too: there typing can be taken back, in RCS for Business it ends by
 *   itself
 * @param callsPerSecond what one agent may be called with
 */
export function googleCapabilities(businessMessages: boolean, callsPerSecond: number): Capabilities {
  return {
    read: 'call',
    typing: 'independent',
    coversEarlier: 'no',
    typingPeriodMs,
    minTypingPeriodMs,
    stopTyping: businessMessages,
    readWithinMs: null,
    sends: { interactive: true, media: true, template: false, longestText },
    window: false,
    idempotentSend: true,
    callsPerSecond,
    ...(businessMessages && { retired: 'Google shut Business Messages down on 2024-07-31' }),
  };
}
