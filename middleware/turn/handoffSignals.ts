import { type HandoffState, handoffStates } from '../domain.ts';
import { fieldsOf } from './fields.ts';
import type { ActivityLike } from './structuralTypes.ts';

/** What a bot tells Omnichannel to do, instead of telling the customer something. */
export type Command = 'Escalate' | 'EndConversation';

/**
 * Whether a bot lets go of the conversation with what it sends: the event `handoff.initiate` (Bot Framework, "handoff
 * protocol"), an activity of the older type `handoff`, or a message that tells Omnichannel to escalate.
 */
export function isHandoffInitiation(activity: ActivityLike): boolean {
  if (activity.type === 'handoff') return true;
  if (activity.type === 'event') return activity.name === 'handoff.initiate';
  return commandOf(activity) === 'Escalate';
}

/** Whether a bot ends the conversation with what it sends: a message that tells Omnichannel so. */
export function isConversationEnd(activity: ActivityLike): boolean {
  return commandOf(activity) === 'EndConversation';
}

/**
 * Whether a message is for Omnichannel alone: of a command the text is a summary for the agent, unless it is bridged
 * (Dynamics 365, "bot-escalate-end-conversation").
 */
export function isCommandOnly(activity: ActivityLike): boolean {
  return commandOf(activity) !== undefined && fieldsOf(activity.channelData).deliveryMode !== 'bridged';
}

/** The state that an event `handoff.status` tells; `undefined` for every other activity. */
export function handoffStateOf({ type, name, value }: ActivityLike): HandoffState | undefined {
  if (type !== 'event' || name !== 'handoff.status') return undefined;
  const { state } = fieldsOf(value);
  return handoffStates.find(known => known === state);
}

/** The command in `channelData.tags`: a JSON string with case-sensitive names. Tags that are no JSON are no command. */
export function commandOf({ type, channelData }: ActivityLike): Command | undefined {
  const { tags } = fieldsOf(channelData);
  if (type !== 'message' || tags === undefined) return undefined;
  try {
    const { type: command } = fieldsOf(JSON.parse(String(tags)));
    return command === 'Escalate' || command === 'EndConversation' ? command : undefined;
  } catch {
    return undefined;
  }
}
