import { isWindowOpen } from '../acknowledgements/window.ts';
import type { Conversation, InboundKind, OutboundContent } from '../domain.ts';
import type { Policy } from '../policy/policy.ts';
import type { Channel, Outbound } from '../ports.ts';
import type { EngineParts } from './engineParts.ts';

/**
 * Whether the provider judges the window for the answer to something, and not our clock: whether a reaction or an opened
 * chat opens it nobody says. What the bot is told of a hand-off opens nothing.
 */
export function asksProvider(kind: InboundKind): boolean {
  return kind !== 'message' && kind !== 'handoff';
}

/** Keeps back what may not go out while the window is closed, and knows what may in its place. */
export class WindowGuard {
  readonly #parts: Pick<EngineParts, 'channels' | 'clock' | 'store' | 'policyOf'>;

  constructor(parts: Pick<EngineParts, 'channels' | 'clock' | 'store' | 'policyOf'>) {
    this.#parts = parts;
  }

  /** Whether a message may be handed over, by the latest that is known of its conversation. */
  async passes(conversation: Conversation, content: OutboundContent): Promise<boolean> {
    const { channels, store } = this.#parts;
    const channel = channels.get(conversation.channel);
    if (channel === undefined || this.lets({ conversation, content }, channel)) return true;
    // The caller's view may be older than the customer's latest message.
    const fresh = await store.conversation(conversation.id);
    return fresh === undefined || this.lets({ conversation: fresh, content }, channel);
  }

  /**
   * Whether a message may go out now.
   *
   * @param asksProvider whether our clock has no say, only what the provider has said since the customer's latest message
   */
  lets(
    { conversation, content }: Pick<Outbound, 'conversation' | 'content'>,
    { capabilities }: Channel,
    asksProvider = false,
  ): boolean {
    if (content.type === 'template' || !capabilities.window) return true;
    if (asksProvider) return conversation.windowShut !== true;
    return isWindowOpen(conversation, capabilities, this.#parts.clock.now());
  }

  /**
   * The template that the policy sends in the place of a message that was kept back. A template has none, so that one that
   * is refused in its turn ends it.
   */
  instead(
    { conversation, content }: Pick<Outbound, 'conversation' | 'content'>,
    policy: Policy = this.#parts.policyOf(conversation),
  ): OutboundContent | undefined {
    const template = policy.window.fallbackTemplate;
    return content.type === 'template' || template === null ? undefined : { type: 'template', template };
  }
}
