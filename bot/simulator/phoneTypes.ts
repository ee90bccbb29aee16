import type { Clock } from '../../middleware/ports.ts';
import type { WireMessage, WireStatus } from './envelopes.ts';
import type { PhoneEvent } from './phoneScreen.ts';
import type { StatusPlan } from './statusPlan.ts';
import type { Timers } from './timers.ts';
import type { Waiting } from './waiting.ts';

/** A message of the business as the API took it. */
export interface Arriving {
  readonly id: string;
  readonly type: string;
  readonly text?: string;
  readonly correlation?: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What becomes of its statuses. */
  readonly plan: StatusPlan;
}

/** What a phone is made with. */
export interface PhoneParts {
  readonly business: string;
  /** A number in digits, or a business-scoped user id: then the number is hidden. */
  readonly customer: string;
  readonly name?: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly waiting: Waiting;
  /** How long typing shows, in milliseconds: Meta says 25 s (META-TYPING). */
  readonly typingMs: number;
  /** Whether `delivered` is reported before `read` of a message that arrives in the open chat. */
  readonly deliveredBeforeRead: boolean;
  /** Whether the business is told that a message was deleted. */
  readonly tellsRevokes: boolean;
  /** Sends a webhook with messages; `accepted` is called when it was taken. */
  readonly sendMessages: (messages: readonly WireMessage[], accepted: () => void) => void;
  /** Sends a webhook with one status, on its way for so long; resolves when it has been tried once. */
  readonly sendStatus: (status: WireStatus, lateMs: number) => Promise<void>;
  /** Keeps a file for download; answers its id. */
  readonly keepFile: (bytes: Uint8Array, contentType: string) => string;
  /** Told of each id that the API may be asked to mark read: the customer's messages and notices. */
  readonly issued: (messageId: string) => void;
  /** Told of each event. */
  readonly happened: (event: PhoneEvent) => void;
}

/** What a message that the customer writes may carry beside its content. */
export interface WriteOptions {
  /** When it was written, in Unix milliseconds; default now. */
  readonly at?: number;
  /** The id of the message that it quotes. */
  readonly replyTo?: string;
}
