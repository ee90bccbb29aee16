import type { Turn } from '../receipts/turn.ts';
import { isCommandOnly } from './handoffSignals.ts';
import type { ActivityLike, ResourceResponseLike, TurnContextLike } from './structuralTypes.ts';
import { toOutbound } from './toOutbound.ts';

/**
 * Sends what a bot says while its reply is due later than the turn of another's adapter may last: messages become rows
 * that go out by the channel, after the turn; whatever else there is goes on through the adapter. Responses stand in the
 * order of the activities, with our ids for the messages.
 *
 * @param activities the list that the SDK goes on to send: the messages are taken out of it
 */
export async function sendParked(
  context: Pick<TurnContextLike, 'responded'>,
  turn: Turn,
  activities: ActivityLike[],
  send: () => Promise<readonly ResourceResponseLike[]>,
): Promise<readonly ResourceResponseLike[]> {
  const all = [...activities];
  const isMessage = (activity: ActivityLike) => activity.type === 'message' && !isCommandOnly(activity);
  activities.splice(0, activities.length, ...all.filter(activity => !isMessage(activity)));
  const ids = new Map<ActivityLike, string>();
  for (const activity of all.filter(isMessage)) {
    for (const content of toOutbound(activity)) ids.set(activity, (await turn.send(content)).ref);
    context.responded = true;
  }
  // An adapter refuses an empty list.
  const others = activities.length > 0 ? [...(await send())] : [];
  return all.map(activity => {
    const id = ids.get(activity);
    return isMessage(activity) ? { id: id ?? '' } : (others.shift() ?? { id: '' });
  });
}
