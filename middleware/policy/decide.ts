import { type Holder, type InboundKind, type Moment, moments } from '../domain.ts';
import type { Capabilities, ReceiptDecision } from '../ports.ts';
import { delayOf } from './delayOf.ts';
import type { Policy } from './policy.ts';

/** Everything besides the policy that a receipt depends on. */
export interface Situation {
  /**
   * What just happened: `accepted` at admission, `replying` when the bot's first reply is ready, one of the
   * agent's moments, or `manual` when somebody asks for the receipt.
   */
  readonly moment: Moment;
  readonly holder: Holder;
  readonly kind: InboundKind;
  readonly capabilities: Capabilities;
  /** The length of the customer's text. */
  readonly characters: number;
  /** Whether the provider named the message. */
  readonly hasProviderId: boolean;
  /** When the moment happened, in Unix milliseconds. */
  readonly now: number;
  /** The chance that spreads the delay, from 0 up to 1: see {@link delayOf}. */
  readonly jitter: number;
}

/** The moments that each moment brings with it, itself included. */
const implied: Readonly<Record<Moment, readonly Moment[]>> = {
  accepted: ['accepted'],
  replying: ['replying', 'accepted'],
  agentAccepted: ['agentAccepted', 'accepted'],
  agentOpened: ['agentOpened', 'agentAccepted', 'accepted'],
  agentReplied: ['agentReplied', 'agentOpened', 'agentAccepted', 'replying', 'accepted'],
  manual: moments.filter(moment => moment !== 'never'),
  never: [],
};

/** Whether a receipt that waits for `wanted` is released by what happened. Nothing releases `never`. */
export function satisfies(happened: Moment, wanted: Moment): boolean {
  return implied[happened].includes(wanted);
}

/** The moment at which receipts fall due, by who holds the conversation. */
export function wantedMoment(policy: Policy, holder: Holder): Moment {
  const { when } = policy.read;
  if (holder === 'bot') return when;
  return policy.handoff.read ?? (when === 'never' || when === 'manual' ? when : 'agentOpened');
}

/**
 * Decides what becomes of the receipt of a message, by the first rule that applies; `undefined`: none is owed.
 * It depends on its arguments only, so that the same situation is always decided the same way and can be
 * explained.
 */
export function decide(policy: Policy, situation: Situation & { readonly kind: 'message' }): ReceiptDecision;
export function decide(policy: Policy, situation: Situation): ReceiptDecision | undefined;
export function decide(policy: Policy, situation: Situation): ReceiptDecision | undefined {
  const { moment, holder, capabilities, now } = situation;

  // Rule 1: customers see ticks on messages only.
  if (situation.kind !== 'message') return undefined;

  // Rule 2: every provider's call names the message.
  if (!situation.hasProviderId) {
    return {
      outcome: 'skipped',
      because: 'no-provider-id: the provider gave the message no id to mark it by',
    };
  }

  // Rule 3: what the channel cannot do, or only together with typing.
  if (capabilities.read === 'none') {
    const because = capabilities.barred ?? 'the channel cannot mark messages read';
    return { outcome: 'unsupported', because };
  }
  if (capabilities.read === 'withTyping' && !policy.read.acceptTypingWithRead) {
    const because = 'reading always shows typing on this channel: set read.acceptTypingWithRead to have both';
    return { outcome: 'unsupported', because };
  }

  // Rule 4: the holder of the conversation says which moment is wanted.
  const wanted = wantedMoment(policy, holder);
  const setting = wantedBy(policy, holder);

  // Rule 5: never is never, also for somebody who asks.
  if (wanted === 'never') return { outcome: 'skipped', because: setting };

  // Rule 6: somebody asks for it, so nothing is waited for.
  if (moment === 'manual') return { outcome: 'scheduled', dueAt: now, because: 'asked for by hand' };

  // Rule 7: the moment has come. An agent who holds the conversation accepts it once, not for each message.
  const isAccepted = moment === 'accepted' && holder === 'agent' && wanted === 'agentAccepted';
  if (isAccepted || satisfies(moment, wanted)) {
    const delay = delayOf(policy.read.delay, situation.characters, situation.jitter);
    const reason = isAccepted ? ', and an agent holds the conversation' : `, which ${moment} implies`;
    const through = moment === wanted ? '' : reason;
    const after = delay === 0 ? '' : `, and read.delay makes it ${delay} ms later`;
    return { outcome: 'scheduled', dueAt: now + delay, because: `${setting}${through}${after}` };
  }

  // Rule 8: it has not come yet.
  return { outcome: 'held', until: wanted, because: `${setting}, which has not happened yet` };
}

/** The setting behind {@link wantedMoment}, for people. */
function wantedBy(policy: Policy, holder: Holder): string {
  if (holder === 'bot') return `read.when is ${policy.read.when}`;
  if (policy.handoff.read !== null) return `handoff.read is ${policy.handoff.read}`;
  const wanted = wantedMoment(policy, holder);
  if (wanted === policy.read.when) return `handoff.read is null and read.when is ${wanted}`;
  return `handoff.read is null and stands for ${wanted}`;
}
