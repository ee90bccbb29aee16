import type { Clock } from '../../middleware/ports.ts';
import type { WireMessage, WireStatus } from './envelopes.ts';
import type { StatusPlan } from './statusPlan.ts';
import type { Timers } from './timers.ts';
import type { Waiting } from './waiting.ts';

/** How far a message has come, as the ticks show it: one grey, two grey, two blue. */
export type Tick = 'sent' | 'delivered' | 'read';

/** A message on the phone's screen. */
export interface PhoneMessage {
  readonly id: string;
  readonly from: 'customer' | 'business';
  /** The API's word for the type. */
  readonly type: string;
  /** The text, the caption or the button's title. */
  readonly text?: string;
  /** When it was written; the thread is in this order. */
  readonly at: number;
  /** For the customer's messages, what the customer sees; for the business's, what has been reported. */
  readonly tick: Tick;
  readonly deliveredAt?: number;
  readonly readAt?: number;
  /** The API's body of the message, as it was sent. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Something that the customer sees or does. `customer`, `business`: a message of that side appears. `delivered`,
 * `blue`: the ticks of a message of the customer change. The others speak for themselves.
 */
export interface PhoneEvent {
  readonly at: number;
  readonly what:
    | 'customer'
    | 'delivered'
    | 'blue'
    | 'typing'
    | 'typingEnd'
    | 'business'
    | 'reaction'
    | 'opened'
    | 'left'
    | 'online'
    | 'offline';
  readonly messageId?: string;
  readonly text?: string;
}

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
