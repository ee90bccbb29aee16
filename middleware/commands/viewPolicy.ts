/**
 * What the makers' commands tell of a policy in force.
 *
 * @module
 */
import { z } from 'zod';
import { type Holder, moments } from '../domain.ts';
import { wantedMoment } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import { policyLimits } from '../policy/schema.ts';
import { told } from './fields.ts';

/** The fields of it. */
export const policyOutcome = {
  readWhen: told(
    z.enum(moments),
    'Read when',
    'The moment at which the customer sees “read” while the bot has the conversation.',
    'manual',
  ),
  readDelayMs: told(
    z.int().min(0).max(policyLimits.readDelayMs),
    'Read delay',
    'Milliseconds from that moment to the receipt.',
    0,
  ),
  replyDelayMs: told(
    z.int().min(0).max(policyLimits.pauseMs),
    'Reply delay',
    'The least milliseconds before an answer goes out.',
    0,
  ),
  handoffRead: told(
    z.enum(moments),
    'Read after hand-off',
    'The moment at which the customer sees “read” while the queue or an agent has the conversation.',
    'agentOpened',
  ),
  canHold: told(z.boolean(), 'Can hold', 'Whether HoldReceipt comes in time under this policy.', true),
  warning: told(
    z.string().optional(),
    'Warning',
    'Why HoldReceipt does not come in time, and what to set.',
    'readWhen is accepted: the receipt goes out as the message arrives. Set it to manual or replying to hold.',
  ),
};

/** A policy in these fields, as it is for who holds the conversation. */
export function viewPolicy(policy: Policy, holder: Holder) {
  const { read, reply } = policy;
  const warning = warningOf(policy, holder);
  return {
    readWhen: read.when,
    readDelayMs: read.delay.minMs,
    replyDelayMs: reply.delay.minMs,
    handoffRead: wantedMoment(policy, 'agent'),
    canHold: warning === undefined,
    ...(warning !== undefined && { warning }),
  };
}

/** Why nobody can hold a receipt that this policy decides about. */
function warningOf(policy: Policy, holder: Holder): string | undefined {
  const { delay } = policy.read;
  const wanted = wantedMoment(policy, holder);
  const field = holder === 'bot' || policy.handoff.read === null ? 'readWhen' : 'handoffRead';
  if (wanted === 'never') return `${field} is never: no receipt goes out, so there is nothing to hold.`;
  const waits = delay.minMs > 0 || delay.perCharacterMs > 0;
  if (wanted !== 'accepted' || waits) return undefined;
  return `${field} is accepted: the receipt goes out as the message arrives. Set it to manual or replying to hold.`;
}
