import { randomUUID } from 'node:crypto';
import type { Conversation } from '../domain.ts';
import { describeError } from '../errors.ts';
import { decideTyping } from '../policy/decideTyping.ts';
import type { CallGate } from './callGate.ts';
import type { EngineParts } from './engineParts.ts';
import type { TypingIndicator } from './typingIndicator.ts';

/** What a customer sees of the agent beside messages: that one came or went, and that one types. */
export class AgentSigns {
  readonly #parts: EngineParts;
  readonly #typing: TypingIndicator;
  readonly #gate: CallGate;

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

  /** Shows typing once, as far as policy and channel allow it. It ends by itself. */
  async showTyping(conversation: Conversation): Promise<void> {
    const { channels, policyOf, store } = this.#parts;
    const channel = channels.get(conversation.channel);
    if (channel === undefined) return;
    const { open, lastRead } = await store.typingState(conversation.id);
    const situation = { capabilities: channel.capabilities, holder: conversation.holder };
    const { show } = decideTyping(policyOf(conversation), {
      ...situation,
      receiptOpen: open,
      read: lastRead !== undefined,
    });
    if (show) this.#typing.showOnce(conversation, channel, lastRead?.messageId);
  }
}
