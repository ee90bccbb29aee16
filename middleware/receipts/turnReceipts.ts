import { isOpen } from '../domain.ts';
import { describeError, isBluetickError } from '../errors.ts';
import { checkPolicy } from '../policy/checkPolicy.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { parsePolicyDocument } from '../policy/schema.ts';
import type { ReceiptDecision } from '../ports.ts';
import type { Turn, TurnTools } from './turn.ts';

/** What has become of the receipt of the message that a turn answers. */
export type TurnReceipt = Pick<ReceiptDecision, 'outcome' | 'because'>;

/** Where a policy that a dialog sets holds: for the message that it answers, or for its conversation from now on. */
export type DialogScope = 'message' | 'conversation';

/**
 * What a dialog can do about the receipt of the message that it answers. None of it throws what a provider did; behind
 * another's adapter, where no turn is run again, none of it throws that the store is away either.
 */
export interface DialogReceipts {
  /**
   * Marks the message read now, whatever its moment.
   *
   * @param options.includeHeld whether earlier messages that are held may be read with it. Default no: then the
   *   receipt waits behind them
   */
  markRead(options?: { readonly includeHeld?: boolean }): Promise<TurnReceipt>;
  /**
   * Holds the receipt until `markRead()`; after a hand-off `policy.handoff` decides. Where it has gone out already nothing
   * can take it back: the answer says so, and the conversation's next messages are held instead.
   */
  hold(): Promise<TurnReceipt>;
  /** Shows typing once, as far as policy and channel allow it; it ends with the next reply or with the turn. */
  showTyping(): Promise<void>;
  /**
   * Changes the policy, field by field, for the rest of this turn too. Where it says something of `read`, the message's
   * receipt is decided anew if it is open still.
   *
   * @throws BluetickError `invalid_policy` that names the field, and nothing changes.
   */
  setPolicy(patch: PolicyDocument, scope: DialogScope): Promise<void>;
  /** What has become of the receipt; `undefined`: none is owed. */
  outcome(): Promise<TurnReceipt | undefined>;
}

/** The newest receipts of a conversation that are looked through for the message's. */
const listLimit = 200;

const byDialog = { by: 'dialog' } as const;

const noneOwed: TurnReceipt = { outcome: 'skipped', because: 'the message owes no receipt' };

/** The dialog's handle on the receipt of its turn. */
export class TurnReceipts implements DialogReceipts {
  readonly #tools: TurnTools;
  readonly #turn: Turn;
  /** What the dialog has set for the message alone. */
  #document: PolicyDocument | undefined;
  #last: TurnReceipt = noneOwed;

  constructor(tools: TurnTools, turn: Turn) {
    this.#tools = tools;
    this.#turn = turn;
  }

  markRead({ includeHeld = false } = {}): Promise<TurnReceipt> {
    return this.#safely(async () => {
      const { conversation, message } = this.#turn;
      const now = await this.#now();
      if (message.messageId === undefined || !isOpen(now.outcome)) return now;
      const { channel } = conversation;
      const target = { channel, messageId: message.messageId, includeHeld };
      await this.#tools.marker.markRead(target, byDialog);
      return this.#now();
    });
  }

  hold(): Promise<TurnReceipt> {
    return this.#safely(async () => {
      const { conversation, message } = this.#turn;
      // A call that is under way decides: what it reads cannot be held any more.
      await this.#tools.sender.settled(conversation.id);
      const { outcome } = await this.#now();
      if (isOpen(outcome)) {
        const because = 'the dialog holds it';
        await this.#tools.releaser.change(conversation, [
          { ref: message.ref, outcome: 'held', until: 'manual', because, cause: byDialog },
        ]);
      } else if (outcome === 'sent' || outcome === 'covered') {
        await this.setPolicy({ read: { when: 'manual' } }, 'conversation');
      }
      return this.#now();
    });
  }

  async showTyping(): Promise<void> {
    this.#turn.showTyping();
  }

  async setPolicy(patch: PolicyDocument, scope: DialogScope): Promise<void> {
    const document = parsePolicyDocument(patch);
    checkPolicy(document, this.#turn.channel.capabilities);
    await this.#safely(async () => {
      if (scope === 'conversation') await this.#keep(document);
      else this.#document = merge(this.#document ?? {}, document) as PolicyDocument;
      await this.#turn.usePolicy(this.#document, { decidesAnew: document.read !== undefined });
      return this.#last;
    });
  }

  /** Writes a patch down for the conversation. */
  async #keep(document: PolicyDocument): Promise<void> {
    const { store, policyOf, changes } = this.#tools.parts;
    const { id } = this.#turn.conversation;
    const conversation = (await store.conversation(id)) ?? this.#turn.conversation;
    const policy = merge(conversation.policy ?? {}, document);
    policyOf({ ...conversation, policy });
    const changed = await changes.changeConversation(id, { policy });
    if (changed !== undefined) this.#turn.conversation = changed;
  }

  outcome(): Promise<TurnReceipt | undefined> {
    return this.#safely<TurnReceipt | undefined>(() => this.#look());
  }

  async #look(): Promise<TurnReceipt | undefined> {
    const { conversation, message } = this.#turn;
    const all = await this.#tools.parts.store.listReceipts(conversation.id, listLimit);
    const own = all.find(({ ref }) => ref === message.ref);
    if (own !== undefined) this.#last = { outcome: own.outcome, because: own.because };
    return own && this.#last;
  }

  async #now(): Promise<TurnReceipt> {
    return (await this.#look()) ?? noneOwed;
  }

  /** A turn of ours that fails runs again; another adapter's bot goes on, and hears what was known last. */
  async #safely<T extends TurnReceipt | undefined>(work: () => Promise<T>): Promise<T | TurnReceipt> {
    try {
      return await work();
    } catch (error) {
      if (!this.#turn.isHosted || (isBluetickError(error) && error.code === 'invalid_policy')) throw error;
      const fields = { conversation: this.#turn.conversation.id, ...describeError(error) };
      this.#tools.parts.log.error(fields, 'What a dialog asked of its receipt could not be done');
      return this.#last;
    }
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
