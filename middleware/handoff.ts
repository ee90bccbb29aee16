/**
 * Hand-off in words: how it begins, what the agent who accepts is given, and what the bot is told of it.
 *
 * @module
 */

/**
 * Who began a hand-off: the `bot` in a dialog, a `hub` for agents such as Omnichannel, a program over the `api`, or an
 * `agent` who took the conversation without being asked.
 */
export const handoffOrigins = ['bot', 'hub', 'api', 'agent'] as const;

/** See {@link handoffOrigins}. */
export type HandoffOrigin = (typeof handoffOrigins)[number];

/** What becomes of a hand-off, in an event `handoff.status` (Bot Framework, "handoff protocol"). */
export const handoffStates = ['accepted', 'failed', 'completed'] as const;

/** See {@link handoffStates}. */
export type HandoffState = (typeof handoffStates)[number];

/** What the bot is told of a hand-off, in a turn of its own. */
export interface HandoffNotice {
  readonly state: HandoffState;
  /** Why, for people. Default none. */
  readonly message?: string;
}

/** How a hand-off began, and whether an agent has accepted it. */
export interface HandoffStart {
  /** When it began, in Unix milliseconds. */
  readonly at: number;
  readonly by: HandoffOrigin;
  /** Why, for agents: it may name the customer. Absent: nobody said. */
  readonly reason?: string;
  /** When the first agent accepted it. Absent: none has yet. */
  readonly acceptedAt?: number;
}

/** A message of a transcript, as whoever takes over reads it. */
export interface TranscriptLine {
  readonly side: 'customer' | 'business';
  /** When it was written, in Unix milliseconds; absent where a bot's transcript does not say. */
  readonly at?: number;
  /** Who wrote for the business, where that is known. */
  readonly sender?: 'bot' | 'agent' | 'api';
  /** What it is: `text`, `image` and so on. */
  readonly type: string;
  /** What it says, as it is. Absent for what has no words. */
  readonly text?: string;
}

/** What is handed over with a conversation. It is personal data: never logged. */
export interface HandoffNotes {
  /** Why, in a few words for agents. Default none. */
  readonly reason?: string;
  /** What the bot has learned, by names of its own: the value of `handoff.initiate`. Default nothing. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** What the bot says was spoken, for where we know less of it. Default none. */
  readonly transcript?: readonly TranscriptLine[];
}

/** A hand-off as the agent who takes the conversation is given it. */
export interface HandoffBrief extends HandoffStart {
  readonly context: Readonly<Record<string, unknown>>;
  /** What was spoken lately, earliest first. */
  readonly transcript: readonly TranscriptLine[];
}
