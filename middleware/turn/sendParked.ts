import type { OutboundContent } from '../domain.ts';
import type { Turn } from '../receipts/turn.ts';
import { isCommandOnly } from './handoffSignals.ts';
import { sendSome } from './sendSome.ts';
import type { ActivityLike, ResourceResponseLike, TurnContextLike } from './structuralTypes.ts';
import { toOutbound } from './toOutbound.ts';

/**
 * Sends what a bot says while its reply is due later than the turn of another's adapter may last: messages become rows
 * that go out by the channel, after the turn; whatever else there is goes on through the adapter, and so does a message
 * that WhatsApp has no form for or that cannot be kept. Responses stand in the order of the activities, with our ids for
 * the messages.
 *
 * @param activities the list that the SDK goes on to send: the messages are taken out of it
 */
export async function sendParked(
  context: Pick<TurnContextLike, 'responded'>,
  turn: Turn,
  activities: ActivityLike[],
  send: () => Promise<readonly ResourceResponseLike[]>,
): Promise<readonly ResourceResponseLike[]> {
  const parked = new Map<ActivityLike, ResourceResponseLike>();
  for (const activity of activities) {
    const id =
      activity.type === 'message' && !isCommandOnly(activity) ? await park(turn, activity) : undefined;
    if (id === undefined) continue;
    parked.set(activity, { id });
    context.responded = true;
  }
  return sendSome(activities, parked, send);
}

/** The id of the last row that a message became; `undefined`: it became none. */
async function park(turn: Turn, activity: ActivityLike): Promise<string | undefined> {
  let id: string | undefined;
  for (const content of contentsOf(turn, activity)) id = (await turn.park(content)) ?? id;
  return id;
}

function contentsOf({ channel }: Turn, activity: ActivityLike): readonly OutboundContent[] {
  try {
    return toOutbound(activity, channel.capabilities.sends);
  } catch {
    // A card of the adapter's own, such as one to sign in with: the adapter knows what to do with it.
    return [];
  }
}
