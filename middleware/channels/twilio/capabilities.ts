import type { Capabilities } from '../../ports.ts';
import type { CheckedOptions } from './options.ts';

/** Twilio's throughput of one WhatsApp sender, in messages a second; above it, messages queue at Twilio. */
export const defaultCallsPerSecond = 80;

/** Typing goes by itself after 25 s (TW-TYPING); one second before that it is shown again. */
const typingPeriodMs = 24_000;

/** Below this, refreshing typing costs calls and changes nothing that the customer sees. */
const minTypingPeriodMs = 20_000;

/** Twilio names no limit. This is Meta's advice, for whom the receipt is: later than this nobody waits for it. */
const readWithinMs = 30 * 24 * 60 * 60 * 1000;

/** The longest `Body`, in characters (TW-OAI). */
export const longestText = 1600;

/**
 * What Twilio can do for WhatsApp (TW-TYPING, TW-OAI). Its typing indicator is the only call that marks a message read, and
 * it always shows typing. That it covers earlier messages is Meta's rule, and expected here: Twilio does not say so.
 * Nothing makes a repeated send safe. Buttons and lists exist in content templates only.
 */
export function twilioCapabilities({
  callsPerSecond,
  compliance,
}: Pick<CheckedOptions, 'callsPerSecond' | 'compliance'>): Capabilities {
  const barred = compliance === undefined ? undefined : barredBy(compliance);
  return {
    read: barred === undefined ? 'withTyping' : 'none',
    typing: barred === undefined ? 'impliesRead' : 'none',
    ...(barred !== undefined && { barred }),
    coversEarlier: 'expected',
    typingPeriodMs,
    minTypingPeriodMs,
    stopTyping: false,
    readWithinMs,
    sends: { interactive: false, media: true, template: true, longestText },
    window: true,
    idempotentSend: false,
    callsPerSecond,
  };
}

/** Why the indicator is not called, in Twilio's words: "not HIPAA-eligible nor PCI-compliant" (TW-TYPING). */
export function barredBy(compliance: NonNullable<CheckedOptions['compliance']>): string {
  const law = compliance.toUpperCase();
  return `this workflow is under ${law}, and Twilio’s typing indicator, the only call that marks messages read, is not HIPAA-eligible nor PCI-compliant`;
}
