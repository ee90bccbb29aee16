import { inFlatWords, toDocument } from '../commands/policyFields.ts';
import { isBluetickError } from '../errors.ts';
import type { Logger } from '../ports.ts';
import { isTooLate } from '../receipts/receiptHolder.ts';
import { receiptsOf } from './receiptsOf.ts';
import { sendSome } from './sendSome.ts';
import type { ActivityLike, ResourceResponseLike, TurnContextLike } from './structuralTypes.ts';
import { isTopicEvent, readTopicEvent, type TopicEvent } from './topicEvents.ts';
import { speakerOf } from './turnOf.ts';

/** What an event needs of the turn in which it is sent. */
type Context = Pick<TurnContextLike, 'turnState'>;

/** How much of a name that nobody knows is logged: enough to find the topic by. */
const longestName = 60;

/**
 * Takes our events out of what a bot sends, and obeys them. Those before the last activity that goes on are obeyed before
 * anything is sent, so that a policy or a hold is in force for the reply behind it; those after it, once it is sent.
 *
 * @param activities the list that the SDK goes on to send
 * @param log who is told where no turn of ours is behind the context
 */
export async function obeyTopicEvents(
  context: Context,
  activities: ActivityLike[],
  send: () => Promise<readonly ResourceResponseLike[]>,
  log: Logger | undefined,
): Promise<readonly ResourceResponseLike[]> {
  const events = activities.filter(isTopicEvent);
  if (events.length === 0) return send();
  const all = [...activities];
  const last = all.findLastIndex(activity => !isTopicEvent(activity));
  const late = all.slice(last + 1);
  for (const event of events) if (!late.includes(event)) await obeyTopicEvent(context, event, log);
  const responses = await sendSome(activities, new Map(events.map(event => [event, { id: '' }])), send);
  for (const event of late) await obeyTopicEvent(context, event, log);
  return responses;
}

/**
 * Obeys one of our events. A slip in it never fails the turn: it is logged with the field at fault, so that the topic's
 * maker finds it.
 */
export async function obeyTopicEvent(
  context: Context,
  activity: ActivityLike,
  fallbackLog?: Logger,
): Promise<void> {
  const speaker = speakerOf(context);
  const log = speaker?.log ?? fallbackLog;
  const fields = {
    event: activity.name?.slice(0, longestName),
    ...(speaker !== undefined && { conversation: speaker.conversation.id }),
    ...(speaker !== undefined && 'message' in speaker && { message: speaker.message.ref }),
  };
  const read = readTopicEvent(activity);
  if ('field' in read) {
    log?.warn({ ...fields, ...read }, 'An event of a topic is malformed: it is not obeyed');
    return;
  }
  try {
    const receipt = await obey(context, read);
    if (read.name === 'bluetick.hold' && isTooLate(receipt))
      log?.warn(
        fields,
        'A topic’s hold came too late, the receipt had gone out: the next messages are held. Set readWhen to manual or replying before',
      );
    else log?.debug({ ...fields, ...receipt }, 'An event of a topic was obeyed');
  } catch (error) {
    if (!isBluetickError(error) || error.code !== 'invalid_policy') throw error;
    const faults = { field: `value.${error.field}`, because: error.message };
    log?.warn({ ...fields, ...faults }, 'A topic’s policy cannot be: nothing was changed');
  }
}

async function obey(context: Context, { name, value }: TopicEvent) {
  const receipts = receiptsOf(context);
  switch (name) {
    case 'bluetick.markRead':
      return receipts.markRead({ includeHeld: value.includeHeld ?? false });
    case 'bluetick.hold':
      return receipts.hold();
    case 'bluetick.showTyping':
      // Also where the bot speaks of its own accord.
      speakerOf(context)?.showTyping();
      return undefined;
    case 'bluetick.setPolicy': {
      const { scope = 'message', reset = false, ...settings } = value;
      await inFlatWords(() => receipts.setPolicy(toDocument(settings), scope, { reset }));
      return undefined;
    }
  }
}
