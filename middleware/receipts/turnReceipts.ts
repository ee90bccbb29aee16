import { isOpen } from '../domain.ts';
import { checkPolicy } from '../policy/checkPolicy.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { parsePolicyDocument } from '../policy/schema.ts';
import type { ReceiptDecision } from '../ports.ts';
import type { Turn, TurnTools } from './turn.ts';

/** What has become of the receipt of the message that a turn answers. */
export type TurnReceipt = Pick<ReceiptDecision, 'outcome' | 'because'>;

/** Where a policy that a dialog sets holds: for the message that it answers, or for its conversation from now on. */
export type DialogScope = 'message' | 'conversation';

/** What a dialog can do about the receipt of the message that it answers. None of it throws what a provider did. */
export interface DialogReceipts {
  /**
   * Marks the message read now, whatever its moment.
   *
   * @param options.includeHeld whether earlier messages that are held may be read with it. Default no: then the
   *   receipt waits behind them
   */
  markRead(options?: { readonly includeHeld?: boolean }): Promise<TurnReceipt>;
  /**
   * Holds the receipt until `markRead()` or an agent releases it. Where it has gone out already nothing can take it
   * back: the answer says so, and the conversation's next messages are held instead.
   */
  hold(): Promise<TurnReceipt>;
  /** Shows typing now, as far as policy and channel allow it; it ends with the next reply or with the turn. */
  showTyping(): Promise<void>;
  /**
   * Changes the policy, field by field.
   *
   * @throws BluetickError `invalid_policy` that names the field, and nothing changes.
   */
  setPolicy(patch: PolicyDocument, scope: DialogScope): Promise<void>;
  /** What has become of the receipt; `undefined`: none is owed. */
  outcome(): Promise<TurnReceipt | undefined>;
}

/** The dialog's handle on the receipt of its turn. */
export class TurnReceipts implements DialogReceipts {
  readonly #tools: TurnTools;
  readonly #turn: Turn;

  constructor(tools: TurnTools, turn: Turn) {
    this.#tools = tools;
    this.#turn = turn;
  }

  async markRead({ includeHeld = false } = {}): Promise<TurnReceipt> {
    const { conversation, message } = this.#turn;
    if (message.messageId === undefined) return this.#now();
    const { channel } = conversation;
    await this.#tools.marker.markRead({ channel, messageId: message.messageId, includeHeld });
    return this.#now();
  }

  async hold(): Promise<TurnReceipt> {
    const { conversation, message } = this.#turn;
    const { outcome } = await this.#now();
    if (isOpen(outcome)) {
      const because = 'the dialog holds it';
      await this.#tools.releaser.change(conversation, [
        { ref: message.ref, outcome: 'held', until: 'manual', because },
      ]);
    } else {
      await this.setPolicy({ read: { when: 'manual' } }, 'conversation');
    }
    return this.#now();
  }

  async showTyping(): Promise<void> {
    this.#turn.showTyping();
  }

  async setPolicy(patch: PolicyDocument, scope: DialogScope): Promise<void> {
    const { store } = this.#tools.parts;
    const document = parsePolicyDocument(patch);
    checkPolicy(document, this.#turn.channel.capabilities);
    if (scope === 'message') {
      this.#turn.usePolicy(document);
      return;
    }
    const { id } = this.#turn.conversation;
    const conversation = (await store.conversation(id)) ?? this.#turn.conversation;
    const policy = merge(conversation.policy ?? {}, document);
    this.#tools.parts.policyOf({ ...conversation, policy });
    await store.changeConversation(id, { policy });
  }

  async outcome(): Promise<TurnReceipt | undefined> {
    const { id } = this.#turn.conversation;
    const [mine] = (await this.#tools.parts.store.openReceipts(id, this.#turn.message.ref)).slice(-1);
    if (mine?.ref === this.#turn.message.ref) return { outcome: mine.outcome, because: mine.because };
    const { channel, business } = this.#turn.conversation;
    const key = this.#turn.message.messageId;
    const found =
      key === undefined ? undefined : await this.#tools.parts.store.message({ channel, business, key });
    return found?.receipt && { outcome: found.receipt.outcome, because: found.receipt.because };
  }

  async #now(): Promise<TurnReceipt> {
    return (await this.outcome()) ?? { outcome: 'skipped', because: 'the message owes no receipt' };
  }
}

/** One document over another, field by field; both have been checked. */
function merge(under: unknown, over: unknown): unknown {
  if (!isSection(under) || !isSection(over)) return over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(merged[key], value);
  return merged;
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !('language' in value);
}
