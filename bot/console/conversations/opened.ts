import type { ConversationView } from './views.ts';

/**
 * Whether an agent who has a conversation before their eyes has opened it in the sense of the policy, so that the customer
 * may see it as read. Looking does not take it from the bot, nor from a colleague to whom it was transferred.
 *
 * @param me whoever looks
 */
export function isOpening(
  { holder, assignedTo }: Pick<ConversationView, 'holder' | 'assignedTo'>,
  me: string | undefined,
): boolean {
  if (holder === 'queue') return assignedTo === undefined || assignedTo === me;
  return holder === 'agent';
}
