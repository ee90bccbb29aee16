import type { Conversation, HandoffBrief, HandoffStart } from '../../middleware/domain.ts';
import { isoTime } from './messageViews.ts';

/** Which agent has a conversation, and how it came to them, as the API shows it: nothing while the bot has it. */
export function viewHolding({ agent, assignedTo, handoff }: Conversation) {
  return {
    ...(agent !== undefined && { agent }),
    ...(assignedTo !== undefined && { assignedTo }),
    ...(handoff !== undefined && { handoff: { ...viewStart(handoff), ...reasonOf(handoff) } }),
  };
}

/** The same for the stream, which says of everything what it is now: `null` where it is nothing. It holds no text. */
export function viewHoldingNow({ agent, assignedTo, handoff }: Conversation) {
  return {
    agent: agent ?? null,
    assignedTo: assignedTo ?? null,
    handoff: handoff === undefined ? null : viewStart(handoff),
  };
}

/** What the agent who takes a conversation is given, as the API shows it. */
export function viewBrief({ context, transcript, ...start }: HandoffBrief) {
  return {
    ...viewStart(start),
    ...reasonOf(start),
    context,
    transcript: transcript.map(({ at, ...line }) => ({
      ...(at !== undefined && { at: isoTime(at) }),
      ...line,
    })),
  };
}

function viewStart({ at, by, acceptedAt }: HandoffStart) {
  return { at: isoTime(at), by, ...(acceptedAt !== undefined && { acceptedAt: isoTime(acceptedAt) }) };
}

function reasonOf({ reason }: HandoffStart) {
  return reason === undefined ? {} : { reason };
}
