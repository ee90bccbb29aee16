import type { Conversation } from '../domain.ts';
import type { Policy } from '../policy/schema.ts';
import type { Channel } from '../ports.ts';
import type { Left } from '../timing/countDown.ts';
import type { CallUnderWay } from '../timing/endWithin.ts';

/** Whose typing it is: the message that a turn answers. */
export interface TypingFor {
  /** Our id of the message. */
  readonly ref: string;
  /** The provider's time of it. */
  readonly sentAt: number;
}

/** Typing at one customer's, as long as a turn works on its answer. */
export interface TypingSession {
  readonly conversation: Conversation;
  readonly channel: Channel;
  readonly policy: Policy;
  /** The turns that it shows for: behind another adapter several may answer at once. */
  readonly owners: Set<string>;
  /** The provider's time of the latest message that they answer. */
  sentAt: number;
  /** Whether it is shown again until it ends, or once. */
  keepsAlive: boolean;
  /** How long it may still be shown. */
  readonly left: Left;
  /** Whether a receipt that goes out should show typing too. */
  wanted: boolean;
  /** Whether typing shows at the customer's. */
  showing: boolean;
  cancelTimer: () => void;
  readonly unsubscribe: () => void;
  call: CallUnderWay | undefined;
}

/** What a line of the log says of it: the latest message that it is shown for, by our ids. */
export function aboutTyping({ conversation, owners }: TypingSession): object {
  return { conversation: conversation.id, message: [...owners].at(-1) };
}
