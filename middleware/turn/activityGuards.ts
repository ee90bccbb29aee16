import { fieldsOf, wordsOf } from './fields.ts';
import { commandOf } from './handoffSignals.ts';
import type { ActivityLike, TurnContextLike } from './structuralTypes.ts';

/**
 * Whether an activity is something that a customer wrote. It is not where a proactive turn goes on (an event named
 * `ContinueConversation`, which in the Agents SDK has the id of the customer's last message), nor what Omnichannel tells
 * a bot behind the customer's back (its tags hold `Hidden` or `OmnichannelContextMessage`, or are a command), nor the ping
 * by which Copilot Studio tries a skill before it imports it.
 */
export function isFromCustomer(activity: ActivityLike): boolean {
  const { type, channelData } = activity;
  if (type !== 'message' || commandOf(activity) !== undefined || isImportPing(activity)) return false;
  return !wordsOf(fieldsOf(channelData).tags).some(tag => hiddenTags.has(tag));
}

/** Whether an activity is the ping by which Copilot Studio tries a skill: it wants a 2xx, and nothing is asked. */
export function isImportPing({ name, text }: Pick<ActivityLike, 'name' | 'text'>): boolean {
  return name === skillImportPing || text === skillImportPing;
}

const skillImportPing = 'PVASkillImport';
const hiddenTags = new Set(['Hidden', 'OmnichannelContextMessage']);

/** What `callerId` begins with where another bot calls this one as its skill (Bot Framework, "activity schema"). */
const skillCaller = 'urn:botframework:aadappid:';
/** The audience of tokens that come from a channel. */
const channelAudience = 'https://api.botframework.com';

/**
 * Whether the caller waits for the bot's answers within its own request: with `expectReplies`, and where another bot has
 * called this one as a skill. Whatever is held back then is held back from the caller.
 */
export function isAwaited({ activity, identity }: Pick<TurnContextLike, 'activity' | 'identity'>): boolean {
  if (activity.deliveryMode === 'expectReplies') return true;
  if (activity.callerId?.startsWith(skillCaller)) return true;
  const { aud, appid, azp } = fieldsOf(identity);
  const caller = appid ?? azp;
  return caller !== undefined && caller !== aud && aud !== channelAudience;
}
