import { type Holder, isOpen, type Moment } from '../domain.ts';
import type { Capabilities, ReceiptDecision } from '../ports.ts';
import { decide } from './decide.ts';
import { decideTyping, type TypingDecision, typingPeriodOf } from './decideTyping.ts';
import { delayOf } from './delayOf.ts';
import type { Policy } from './policy.ts';

/** What is to be explained: a policy, and one message from the customer. */
export interface ExplainInput {
  readonly policy: Policy;
  readonly capabilities: Capabilities;
  /** What the customer writes. */
  readonly text: string;
  /** What the bot answers. Default: an answer of no characters, so that pacing is the policy's `minMs`. */
  readonly replyText?: string;
  /** Who holds the conversation. Default `bot`. */
  readonly holder?: Holder;
  /** What else happens as the message is accepted, such as `agentOpened` or `manual`. Default nothing. */
  readonly moment?: Moment;
  /** How long the dialog works for its first reply, in milliseconds. Default 0, to show what the policy adds. */
  readonly dialogMs?: number;
}

/** One thing that the customer sees; or `held`: that the receipt waits for something not on the timeline. */
export interface TimelineEntry {
  /** Milliseconds after the message was accepted. */
  readonly at: number;
  readonly what: 'read' | 'typing' | 'typingEnd' | 'reply' | 'held';
  /** The rule behind it, for people. */
  readonly because: string;
}

/** See {@link explainPolicy}. */
export interface Explanation {
  /** By time; at the same time `read` comes before `typing` and the reply last. */
  readonly timeline: readonly TimelineEntry[];
  /** One sentence for each thing that does not happen, or not as the policy says, with the reason. */
  readonly notes: readonly string[];
}

/** No spread: an explanation shows the middle of what can be. */
const noSpread = 0.5;

/**
 * Tells what a customer would see after one message, by the rules that the engine lives by.
 *
 * It is a dry run: the message is the only one of its conversation, the provider and the store take no time (so
 * that `receiptBarrierMs` never matters), and delays are not spread.
 */
export function explainPolicy(input: ExplainInput): Explanation {
  const { policy, capabilities, text, replyText = '', holder = 'bot', moment, dialogMs = 0 } = input;
  const characters = text.length;
  const timeline: TimelineEntry[] = [];
  const notes: string[] = [];

  const receiptAt = (happened: Moment, now: number) =>
    decide(policy, {
      moment: happened,
      holder,
      kind: 'message',
      capabilities,
      characters,
      hasProviderId: true,
      now,
      jitter: noSpread,
    });

  // The turn starts at once; the first reply is ready when thinking and the dialog are over.
  const thinkMs = delayOf(policy.think.delay, characters, noSpread);
  const readyAt = thinkMs + dialogMs;

  let receipt = receiptAt('accepted', 0);
  // The bot's reply is never ready before the turn that makes it, whatever is asked.
  const repliesLater = holder === 'bot';
  if (moment !== undefined && !(repliesLater && moment === 'replying')) {
    receipt = sooner(receipt, receiptAt(moment, 0));
  }
  if (repliesLater) receipt = sooner(receipt, receiptAt('replying', readyAt));
  const readAt = receipt.dueAt;

  if (readAt !== undefined) timeline.push({ at: readAt, what: 'read', because: receipt.because });
  else if (isOpen(receipt.outcome)) timeline.push({ at: 0, what: 'held', because: receipt.because });
  else notes.push(`no receipt: ${receipt.because}`);

  // The reply waits for a receipt that is scheduled, then for pacing; one that is held delays nothing.
  const waitMs = Math.max(0, (readAt ?? 0) - readyAt);
  const paceMs = delayOf(policy.reply.delay, replyText.length, noSpread);
  const replyAt = holder === 'bot' ? readyAt + waitMs + paceMs : Number.POSITIVE_INFINITY;

  const typing = decideTyping(policy, {
    capabilities,
    holder,
    receiptOpen: receipt.outcome === 'held',
    read: readAt !== undefined,
  });
  const span = typingSpan(input, holder, typing, readAt);
  const typingEndsAt = Math.min(span?.to ?? 0, replyAt);
  // A receipt that is due at once goes out, with typing, before any dialog can have its reply ready.
  const shows = span && (span.from < typingEndsAt || (span.from === 0 && readAt === 0 && span.to > 0));
  if (span && shows) {
    const because = typingEndsAt === replyAt ? 'the reply goes out' : span.end;
    timeline.push({ at: span.from, what: 'typing', because: span.because });
    timeline.push({ at: typingEndsAt, what: 'typingEnd', because });
    if (!typing.show) notes.push(`typing cannot be suppressed: ${span.because}`);
  } else if (span) {
    const over = typingEndsAt === replyAt ? 'the reply goes out' : `${span.end}, and has passed`;
    notes.push(`typing is suppressed: ${over} when it would begin`);
  } else if (!typing.show) {
    notes.push(`typing is suppressed: ${typing.because}`);
  }
  const { keepAliveMs } = policy.typing;
  const periodMs = typingPeriodOf(policy, capabilities);
  if (typing.show && keepAliveMs !== null && keepAliveMs < periodMs) {
    notes.push(
      `typing.keepAliveMs is ${keepAliveMs}, but the channel takes it no faster than every ${periodMs} ms`,
    );
  }

  if (holder === 'bot') {
    const waits = [
      thinkMs > 0 ? [`think.delay is ${thinkMs} ms`] : [],
      dialogMs > 0 ? [`the dialog works for ${dialogMs} ms`] : [],
      waitMs > 0 ? [`the receipt is waited for, ${waitMs} ms`] : [],
      paceMs > 0 ? [`reply.delay is ${paceMs} ms`] : [],
    ].flat();
    timeline.push({ at: replyAt, what: 'reply', because: waits.join('; ') || 'nothing delays it' });
  } else {
    notes.push(`no reply: the holder is ${holder}, so no turn of the bot runs`);
  }

  timeline.sort((one, other) => one.at - other.at);
  return { timeline, notes };
}

/** A decision made later counts only if it makes the receipt go out earlier, or at all. */
function sooner(made: ReceiptDecision, later: ReceiptDecision): ReceiptDecision {
  const never = Number.POSITIVE_INFINITY;
  return (later.dueAt ?? never) < (made.dueAt ?? never) ? later : made;
}

/** From when to when typing shows if no reply ends it; `undefined`: it does not show. */
function typingSpan(
  { policy, capabilities }: ExplainInput,
  holder: Holder,
  typing: TypingDecision,
  readAt: number | undefined,
): { from: number; to: number; because: string; end: string } | undefined {
  // Where typing is a receipt, both are one call; elsewhere typing begins with the turn.
  const from = capabilities.typing === 'impliesRead' ? readAt : 0;
  if (holder === 'bot' && typing.show && from !== undefined) {
    const { limitMs } = policy.typing;
    return { from, to: limitMs, because: typing.because, end: `typing.limitMs is ${limitMs} ms` };
  }
  if (capabilities.read === 'withTyping' && readAt !== undefined) {
    const because = 'reading always shows typing on this channel';
    return { from: readAt, to: readAt + capabilities.typingPeriodMs, because, end: 'it ends by itself' };
  }
  return undefined;
}
