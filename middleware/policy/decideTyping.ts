import type { Holder } from '../domain.ts';
import type { Capabilities } from '../ports.ts';
import type { Policy } from './policy.ts';

/** What typing depends on besides the policy. */
export interface TypingSituation {
  readonly capabilities: Capabilities;
  readonly holder: Holder;
  /** Whether a receipt of the conversation is still held or scheduled. */
  readonly receiptOpen: boolean;
  /** Whether the message that typing would be shown for is read, or is being read by the same call. */
  readonly read: boolean;
}

/** Whether typing shows, and the rule that says so, for people. */
export interface TypingDecision {
  readonly show: boolean;
  readonly because: string;
}

/** Decides whether typing shows, by the first rule that applies. It depends on its arguments only. */
export function decideTyping(policy: Policy, situation: TypingSituation): TypingDecision {
  const { capabilities, holder } = situation;
  const hide = (because: string): TypingDecision => ({ show: false, because });

  // Rule 1: typing promises an answer, and in the queue nobody is writing one.
  if (holder === 'queue') return hide('the conversation waits in the queue, where nobody is answering');

  // Rule 2: the policy says no.
  const setting = holder === 'bot' ? 'typing.show' : 'handoff.typing';
  const wanted = holder === 'bot' ? policy.typing.show : policy.handoff.typing;
  if (!wanted) return hide(`${setting} is false`);
  if (policy.typing.limitMs === 0) return hide('typing.limitMs is 0');

  // Rule 3: the channel cannot.
  if (capabilities.typing === 'none') return hide(capabilities.barred ?? 'the channel cannot show typing');

  // Rule 4: where typing is a receipt, it must not read what is to stay unread.
  if (capabilities.typing === 'impliesRead') {
    if (situation.receiptOpen)
      return hide('it would mark messages read on this channel, and a receipt is open');
    if (!situation.read)
      return hide('it would mark messages read on this channel, and this one is to stay unread');
  }

  return { show: true, because: `${setting} is true` };
}

/**
 * How often typing is shown again to keep it alive, in milliseconds: the policy's `keepAliveMs`, else the
 * channel's period, and never faster than the channel takes. The last matters for a `keepAliveMs` that is
 * inherited: only one that is set for this very channel is refused.
 */
export function typingPeriodOf(policy: Policy, capabilities: Capabilities): number {
  return Math.max(policy.typing.keepAliveMs ?? capabilities.typingPeriodMs, capabilities.minTypingPeriodMs);
}
