import { z } from 'zod';
import type { ChannelName } from '../../domain.ts';
import { chatId, maybe, milliseconds } from './fields.ts';

/** What every event has around its payload (WAHA-DOCS, event payload; Wawp's is shaped like it). */
export const envelope = z.looseObject({
  /** `evt_` and a ULID: the same when the event comes again. */
  id: maybe(z.string().min(1).max(128)),
  event: z.string().min(1).max(64),
  timestamp: maybe(milliseconds),
  session: maybe(z.string().min(1).max(256)),
  me: maybe(z.looseObject({ id: maybe(chatId), lid: maybe(chatId) })),
  payload: z.unknown().optional(),
});

/** See {@link envelope}. */
export type Envelope = z.output<typeof envelope>;

/** An event, with what its payload is read by. */
export interface LinkedEvent {
  readonly channel: ChannelName;
  readonly business: string;
  /** The event's name. It is not always right: a group's acknowledgement comes as an ordinary one. */
  readonly name: string;
  /** The event's own id, where it has one. */
  readonly id: string | undefined;
  /** The provider's time of the event, else when it was sent, else when it came. */
  readonly at: number;
  /** What the linked account itself is known by, as customers are. */
  readonly me: readonly string[];
  readonly payload: unknown;
}

/** What makes an event unique that is no message: its own id, else all that it is known by. */
export function eventKey({ id, name, at }: LinkedEvent, messageId: string): string {
  return id ?? `${name}:${messageId}:${at}`;
}
