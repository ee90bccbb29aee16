import type { z } from 'zod';
import type { ChannelEvents } from '../../domain.ts';
import { type Reading, reasonOf } from '../reading.ts';
import type { Chat } from './chats.ts';

/** What an event came to: what it tells, or that it is passed over on purpose. */
export type EventReading = Reading<Partial<ChannelEvents>>;

/** An event whose payload has not the documented form. */
export function malformed(name: string, error: z.ZodError): EventReading {
  return { reason: reasonOf(name, error) };
}

/** Goes on with the customer of a chat, where it is one's. */
export function withCustomer(
  name: string,
  chat: Chat | undefined,
  read: (customer: string) => EventReading,
): EventReading {
  if (chat === undefined) return { reason: `${name} names no chat of a known form` };
  if ('ignored' in chat) return { item: { ignored: [`${name} is about ${chat.ignored}`] } };
  return read(chat.customer);
}
