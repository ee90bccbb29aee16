import { type Chat, readChat } from './chats.ts';
import type { LinkedEvent } from './event.ts';
import { splitMessageId } from './messageIds.ts';

/** What a payload says about whose chat it is of. */
export interface Named {
  /** The message's id. */
  readonly id: string;
  /** The ends that stand beside it. Which of them is ours differs between engines. */
  readonly ends: readonly (string | undefined)[];
}

/**
 * Whose chat an item is of; `undefined` where it does not say. The chat stands in the message's id, and one of the ends
 * beside it is the same. Where none is, they are believed: an acknowledgement that names somebody else must not pass for
 * the recipient's.
 */
export function otherEnd({ me }: Pick<LinkedEvent, 'me'>, { id, ends }: Named): Chat | undefined {
  const chat = splitMessageId(id)?.chat;
  const inId = chat === undefined ? undefined : readChat(chat);
  const isOwn = (each: Chat) => 'customer' in each && me.includes(each.customer);
  const beside = ends
    .map(end => (end === undefined ? undefined : readChat(end)))
    .filter(each => each !== undefined && !isOwn(each)) as Chat[];
  const passedOver = [inId, ...beside].find(each => each !== undefined && 'ignored' in each);
  if (passedOver !== undefined) return passedOver;
  if (inId === undefined || !('customer' in inId)) return beside[0];
  const agrees = beside.some(each => 'customer' in each && each.customer === inId.customer);
  return agrees ? inId : (beside[0] ?? inId);
}
