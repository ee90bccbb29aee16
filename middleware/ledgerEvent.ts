import type { ChannelName, FailureName, ReportedLevel } from './domain.ts';
import type { EscalationState, EscalationWay } from './escalation.ts';

/**
 * Something happened to a message: what listeners and web hooks are told. Never a text, a provider's message id or who the
 * customer is. `business` is the channel's own id of the business, which on some channels is a phone number.
 */
export type LedgerEvent = {
  /** When we learned of it, in Unix milliseconds. */
  readonly at: number;
  readonly channel: ChannelName;
  readonly business: string;
} & (
  | {
      /** The message moved up, or an implied level became real. */
      readonly type: 'message.level';
      readonly message: string;
      readonly conversation: string;
      /** The level that was reached or became real. */
      readonly level: ReportedLevel;
      /** Whether nobody reported it: it follows from a later level, or from the customer's answer. */
      readonly implied: boolean;
      /** The provider's time, where it was reported. */
      readonly reportedAt?: number;
      /** Whether the message had been taken back by then. */
      readonly afterRevocation?: true;
    }
  | {
      readonly type: 'message.failed';
      readonly message: string;
      readonly conversation: string;
      readonly code: string;
      /** What it is in our words. Whoever is told of the event always has it. */
      readonly is?: FailureName;
    }
  | { readonly type: 'message.revoked'; readonly message: string; readonly conversation: string }
  | {
      readonly type: 'message.escalated';
      readonly message: string;
      readonly conversation: string;
      readonly state: Exclude<EscalationState, 'waiting' | 'claimed'>;
      readonly way?: EscalationWay['type'];
      readonly possiblyDoubled: boolean;
    }
  | {
      /** Messages of a business take longer to be delivered than they used to, or do no longer. */
      readonly type: 'alarm.velocity';
      readonly raised: boolean;
      /** The median of sent → delivered lately, and the one that it is compared with, in milliseconds. */
      readonly recentMs: number;
      readonly baselineMs: number;
    }
);
