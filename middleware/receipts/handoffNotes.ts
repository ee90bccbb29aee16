import type { HandoffNotes, TranscriptLine } from '../domain.ts';

/**
 * The most that is handed over with a conversation. What a bot gives is cut to it, since a hand-off must not fail by what
 * is said about it; what a program asks for over the API is refused.
 *
 * - `reasonLength`, 500 characters: a reason is read at a glance; what is longer belongs in the context.
 * - `contextLength`, 28 KB of JSON: what Omnichannel takes of a bot (Dynamics 365, "configure-bot-azure").
 * - `lines`, 100 messages, and `textLength`, 4,096 characters of each: what an agent scrolls through, and what WhatsApp
 *   takes in one message.
 */
export const handoffLimits = {
  reasonLength: 500,
  contextLength: 28 * 1024,
  lines: 100,
  textLength: 4096,
} as const;

/** Cuts what is handed over to {@link handoffLimits}. What cannot be written as JSON, or has no room, is left out. */
export function boundNotes({ reason, context = {}, transcript = [] }: HandoffNotes) {
  const { reasonLength, contextLength, lines } = handoffLimits;
  let left = contextLength;
  let leftOut = 0;
  const kept: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(context)) {
    const json = jsonOf(value);
    const length = name.length + (json?.length ?? 0);
    if (json === undefined || length > left) leftOut += 1;
    else {
      left -= length;
      kept[name] = JSON.parse(json);
    }
  }
  return {
    ...(reason?.trim() && { reason: reason.trim().slice(0, reasonLength) }),
    notes: { context: { ...kept }, transcript: transcript.slice(-lines).map(boundLine) },
    /** How many entries of the context were left out. */
    leftOut,
  };
}

/** Cuts the text of a line. */
export function boundLine(line: TranscriptLine): TranscriptLine {
  const { text } = line;
  if (text === undefined || text.length <= handoffLimits.textLength) return line;
  return { ...line, text: text.slice(0, handoffLimits.textLength) };
}

/** A value as JSON; `undefined` where it has no such form. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
