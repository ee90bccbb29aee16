import { isOpen } from '../domain.ts';
import { describeError, isBluetickError } from '../errors.ts';
import { checkPolicy } from '../policy/checkPolicy.ts';
import { mergeDocuments } from '../policy/mergeDocuments.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { parsePolicyDocument } from '../policy/schema.ts';
import type { ReceiptDecision } from '../ports.ts';
import { patchPolicy } from './patchPolicy.ts';
import { heldByHand, holdNext, isTooLate } from './receiptHolder.ts';
import type { Turn } from './turn.ts';
import type { TurnTools } from './turnTools.ts';

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
   * @param options.reset whether what was set before for the same scope is taken away first. Default `false`
   * @throws BluetickError `invalid_policy` that names the field, and nothing changes.
   */
  setPolicy(patch: PolicyDocument, scope: DialogScope, options?: { readonly reset?: boolean }): Promise<void>;
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
      if (isOpen(outcome)) await this.#tools.releaser.change(conversation, [heldByHand(message, byDialog)]);
      // What was due can have gone out meanwhile.
      if (isTooLate(await this.#now())) await this.setPolicy(holdNext, 'conversation');
      return this.#now();
    });
  }

  async showTyping(): Promise<void> {
    this.#turn.showTyping();
  }

  async setPolicy(patch: PolicyDocument, scope: DialogScope, { reset = false } = {}): Promise<void> {
    const document = parsePolicyDocument(patch);
    checkPolicy(document, this.#turn.channel.capabilities);
    await this.#safely(async () => {
      if (scope === 'conversation') await this.#keep(document, reset);
      else this.#document = mergeDocuments(reset ? undefined : this.#document, document);
      await this.#turn.usePolicy(this.#document, { decidesAnew: reset || document.read !== undefined });
      return this.#last;
    });
  }

  /** Writes a patch down for the conversation. */
  async #keep(document: PolicyDocument, reset: boolean): Promise<void> {
    const { parts } = this.#tools;
    if (reset) {
      // What is refused must leave the settings as they were.
      parts.policyOf({ ...this.#turn.conversation, policy: document });
      await parts.changes.changeConversation(this.#turn.conversation.id, { policy: null });
    }
    this.#turn.conversation = await patchPolicy(parts, this.#turn.conversation.id, document);
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
      const { conversation, message } = this.#turn;
      const fields = { conversation: conversation.id, message: message.ref, ...describeError(error) };
      this.#tools.parts.log.error(fields, 'What a dialog asked of its receipt could not be done');
      return this.#last;
    }
  }
}
