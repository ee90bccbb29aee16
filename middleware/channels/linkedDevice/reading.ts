import type { z } from 'zod';
import type { Acknowledgement, ConnectionReport, InboundMessage } from '../../domain.ts';
import { reasonOf } from '../reading.ts';
import type { Chat } from './chats.ts';

/** What an event came to. */
export type Reading =
  | { readonly message: InboundMessage }
  | { readonly acknowledgement: Acknowledgement }
  | { readonly connection: ConnectionReport }
  /** It is passed over on purpose, and why. */
  | { readonly ignored: string }
  /** It cannot be understood, and why, without personal data. */
  | { readonly reason: string };

/** An event whose payload has not the documented form. */
export function malformed(name: string, error: z.ZodError): Reading {
  return { reason: reasonOf(name, error) };
}

/** Goes on with the customer of a chat, where it is one's. */
export function withCustomer(
  name: string,
  chat: Chat | undefined,
  read: (customer: string) => Reading,
): Reading {
  if (chat === undefined) return { reason: `${name} names no chat of a known form` };
  if ('ignored' in chat) return { ignored: `${name} is about ${chat.ignored}` };
  return read(chat.customer);
}
