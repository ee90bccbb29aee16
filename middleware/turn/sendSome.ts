import type { ActivityLike, ResourceResponseLike } from './structuralTypes.ts';

/**
 * Lets only some of a list of activities go on through the adapter. Responses stand in the order of the whole list.
 *
 * @param activities the list that the SDK goes on to send: what is answered already is taken out of it for that time
 * @param answered what does not go on, with its responses
 */
export async function sendSome(
  activities: ActivityLike[],
  answered: ReadonlyMap<ActivityLike, ResourceResponseLike>,
  send: () => Promise<readonly ResourceResponseLike[]>,
): Promise<readonly ResourceResponseLike[]> {
  const all = [...activities];
  activities.splice(0, activities.length, ...all.filter(activity => !answered.has(activity)));
  // An adapter refuses an empty list.
  const others = activities.length > 0 ? [...(await send())] : [];
  // Middleware before ours goes by the list when it reads the responses.
  activities.splice(0, activities.length, ...all);
  return all.map(activity => answered.get(activity) ?? others.shift() ?? { id: '' });
}
