import type { StatusMeaning } from '../../domain.ts';

/** What the user's phone did with a message of ours; both formats tell it in the same words. */
export const levels: ReadonlyMap<string, StatusMeaning> = new Map<string, StatusMeaning>([
  ['DELIVERED', 'delivered'],
  ['READ', 'read'],
]);
