/** How far a message has come, as the ticks show it: a clock while the phone is offline, one grey, two grey, two blue. */
export type Tick = 'waiting' | 'sent' | 'delivered' | 'read';

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
  /** The emoji with which the customer reacted to it. */
  readonly reaction?: string;
  /** When the customer deleted it; its text and body are gone then. */
  readonly revokedAt?: number;
  /** Of a message of the business: the phone was offline when it came, and does not show it yet. */
  readonly isAway?: boolean;
}

/**
 * Something that the customer sees or does. `customer`, `business`: a message of that side appears; `arrived`: one of the
 * business that had waited for the phone to be online. `sent`, `delivered`, `blue`: the ticks of a message of the customer
 * change, `sent` only of one that was written offline. The others speak for themselves.
 */
export interface PhoneEvent {
  readonly at: number;
  readonly what:
    | 'customer'
    | 'sent'
    | 'delivered'
    | 'blue'
    | 'typing'
    | 'typingEnd'
    | 'business'
    | 'arrived'
    | 'reaction'
    | 'revoked'
    | 'opened'
    | 'left'
    | 'online'
    | 'offline';
  readonly messageId?: string;
  readonly text?: string;
}

/** A phone, as it shows itself to people and to the web page. */
export interface PhoneScreen {
  readonly customer: string;
  readonly business: string;
  readonly typing: boolean;
  readonly online: boolean;
  /** Whether the chat is on the screen. */
  readonly open: boolean;
  readonly readReceipts: boolean;
  /** Earliest first. */
  readonly messages: readonly PhoneMessage[];
  /** What happened, in order. */
  readonly timeline: readonly PhoneEvent[];
}

/** What those who read along with a phone are told of each event. */
export interface PhoneChange extends Omit<PhoneScreen, 'customer' | 'business' | 'messages' | 'timeline'> {
  readonly event: PhoneEvent;
  /** The message that the event names, as it is now. */
  readonly message?: PhoneMessage;
}
