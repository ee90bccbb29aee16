import type { z } from 'zod';
import type { ChannelEvents } from '../domain.ts';

/** An item of a webhook that was read, or why it could not be, without personal data. */
export type Reading<T> = { readonly item: T } | { readonly reason: string };

/** The events of a webhook that tells nothing. */
export const noEvents: ChannelEvents = { messages: [], acknowledgements: [], rejected: [] };

/**
 * Says where an item is wrong without a word of what it holds.
 *
 * @param what the item, such as `message`
 */
export function reasonOf(what: string, error: z.ZodError): string {
  const paths = error.issues.map(issue => issue.path.join('.')).filter(path => path !== '');
  return paths.length === 0
    ? `${what} is malformed`
    : `${what} is malformed: ${[...new Set(paths)].join(', ')}`;
}
