import { randomUUID } from 'node:crypto';
import type { Conversation } from '../domain.ts';
import { describeError } from '../errors.ts';
import { decideTyping, type TypingDecision } from '../policy/decideTyping.ts';
import type { Channel } from '../ports.ts';
import { type CallUnderWay, endWithin } from '../timing/endWithin.ts';
import type { CallGate } from './callGate.ts';
import type { EngineParts } from './engineParts.ts';
import { handoffPatienceMs, type TypingIndicator } from './typingIndicator.ts';

/** What a customer sees of the agent beside messages: that one came or went, and that one types. */
export class AgentSigns {
  readonly #parts: EngineParts;
  readonly #typing: TypingIndicator;
  readonly #gate: CallGate;
  /** Calls under way that show typing, by conversation. */
  readonly #calls = new Map<string, CallUnderWay>();

  constructor(parts: EngineParts, { typing, gate }: { typing: TypingIndicator; gate: CallGate }) {
    this.#parts = parts;
    this.#typing = typing;
    this.#gate = gate;
  }

  /** Shows that an agent came or went, where the channel can. Nobody waits for it, and it is not repeated. */
  showAgent(before: Conversation, { id, business, channel: name, holder }: Conversation): void {
    const { channels, stopping, log } = this.#parts;
    const joined = holder === 'agent';
    const channel = channels.get(name);
    if (channel?.showRepresentative === undefined || joined === (before.holder === 'agent')) return;
    const call = { ...before, joined, repeatId: randomUUID() };
    this.#gate
      .run(channel, { business, conversation: id }, 'receipt', stopping, async signal =>
        channel.showRepresentative?.(call, signal),
      )
      .catch(error =>
        log.warn(
          { conversation: id, joined, ...describeError(error) },
          'The customer was not shown the agent',
        ),
      );
  }

  /**
   * Shows typing once, as far as policy and channel allow it; answers whether, and why. It ends by itself: who types on says so
   * again, which makes no other call while the last one is under way.
   */
  async showTyping(conversation: Conversation): Promise<TypingDecision> {
    const { channels, policyOf, store } = this.#parts;
    const channel = channels.get(conversation.channel);
    if (channel === undefined) return { show: false, because: 'the channel is off' };
    const { open, lastRead } = await store.typingState(conversation.id);
    const situation = { capabilities: channel.capabilities, holder: conversation.holder };
    const decision = decideTyping(policyOf(conversation), {
      ...situation,
      receiptOpen: open,
      read: lastRead !== undefined,
    });
    if (decision.show) this.#show(conversation, channel, lastRead?.messageId);
    return decision;
  }

  /** Waits for a call that shows typing, so that it cannot land after what is sent next; a slow one is given up. */
  async settleTyping(conversation: string): Promise<void> {
    const call = this.#calls.get(conversation);
    if (call !== undefined) await endWithin(this.#parts.scheduler, call, handoffPatienceMs);
  }

  #show(conversation: Conversation, channel: Channel, messageId: string | undefined): void {
    const { id } = conversation;
    if (this.#calls.has(id)) return;
    const abort = new AbortController();
    const ended = this.#typing
      .showOnce(conversation, channel, messageId, abort.signal)
      .catch(error =>
        this.#parts.log.debug({ conversation: id, ...describeError(error) }, 'Typing not shown'),
      )
      .finally(() => this.#calls.delete(id));
    this.#calls.set(id, { abort, ended });
  }
}
