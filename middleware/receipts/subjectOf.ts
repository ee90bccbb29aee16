import type { DueTurn, Outbound } from '../ports.ts';
import type { Subject } from '../telemetry/tracing.ts';

/** The message of which a turn is part of the story. */
export function subjectOf({ conversation, message }: DueTurn): Subject {
  return { channel: conversation.channel, conversation: conversation.id, message: message.ref };
}

/** Of a reply that is the message that it answers; of what the bot, an agent or a program says of their own accord, itself. */
export function subjectOfOutbound({ conversation, ref, turn }: Outbound): Subject {
  return { channel: conversation.channel, conversation: conversation.id, message: turn?.ref ?? ref };
}
