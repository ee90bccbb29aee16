/** Length of an hour in milliseconds: figures are kept by the hour. */
export const hourMs = 3_600_000;

/** The beginning of the hour that a time belongs to, in Unix milliseconds. Hours are those of UTC. */
export function hourOf(at: number): number {
  return at - (at % hourMs);
}

/**
 * The durations that are kept as sketches, in milliseconds; `docs/insights.md` says what each is and what is left out.
 *
 * - `receiptWait`: from the admission of a customer's message to its receipt.
 * - `replyWait`: from the admission of the first message of a burst to the first of our messages after it.
 * - `delivery`: a message of ours, from sent to delivered. `reading`: from sent to read.
 * - `perceived`: what the customer felt: `replyWait` and the `delivery` of that reply.
 */
export const durationNames = ['receiptWait', 'replyWait', 'delivery', 'reading', 'perceived'] as const;

/** See {@link durationNames}. */
export type DurationName = (typeof durationNames)[number];

/** The messages of ours that are counted, by what became of them. */
export const messageCounters = ['accepted', 'delivered', 'read', 'impliedRead', 'played', 'failed'] as const;

/** See {@link messageCounters}. */
export type MessageCounter = (typeof messageCounters)[number];

/**
 * Statuses that changed no message: `repeat`: the row held it already. `orphan`: its message was not known yet.
 * `quarantined`: it names another business or recipient than its message.
 */
export const statusCounters = ['repeat', 'orphan', 'quarantined'] as const;

/** See {@link statusCounters}. */
export type StatusCounter = (typeof statusCounters)[number];

/** Prefixes of counters of which there is one for each code, or for each end of an escalation. */
export const failedPrefix = 'failed:';
/** See {@link failedPrefix}: of messages that the provider, or we, did not take. */
export const refusedPrefix = 'refused:';
/** See {@link failedPrefix}: `escalation:<state>`, and for those that went out `escalation:escalated:<way>`. */
export const escalationPrefix = 'escalation:';
