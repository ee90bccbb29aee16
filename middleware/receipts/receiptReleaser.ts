import type { Cause } from '../audit.ts';
import { type Conversation, isOpen, type Moment } from '../domain.ts';
import { decide, satisfies } from '../policy/decide.ts';
import type { Policy } from '../policy/schema.ts';
import type { Receipt, ReceiptChange, ReceiptDecision } from '../ports.ts';
import { leaseMs } from './dispatcher.ts';
import type { EngineParts } from './engineParts.ts';

/** Decides about receipts that are open already, when something happens in their conversation. */
export class ReceiptReleaser {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * Releases what waits for `moment` among `open`: it falls due by the policy's delay from now.
   *
   * @param cause who or what brought the moment about
   * @param own the policy that holds for one message alone
   */
  async release(
    conversation: Conversation,
    moment: Moment,
    open: readonly Receipt[],
    cause: Cause,
    own?: { readonly ref: string; readonly policy: Policy },
  ): Promise<void> {
    const changes = open.flatMap((receipt): ReceiptChange[] => {
      // What only the bar keeps back comes free with the bar.
      if (receipt.outcome !== 'held' || receipt.until === undefined) return [];
      // A dialog may hold a receipt longer than the policy would.
      if (!satisfies(moment, receipt.until)) return [];
      const policy = own?.ref === receipt.ref ? own.policy : undefined;
      const decision = this.#decide(conversation, moment, receipt, policy);
      return decision.outcome === 'scheduled' ? [{ ...decision, ref: receipt.ref, cause }] : [];
    });
    await this.change(conversation, changes);
  }

  /** Makes receipts due now, because somebody asked for them: also those that are scheduled for later. */
  async releaseNow(conversation: Conversation, open: readonly Receipt[], cause: Cause): Promise<void> {
    const changes = open.flatMap((receipt): ReceiptChange[] => {
      const decision = this.#decide(conversation, 'manual', receipt);
      return decision.outcome === 'scheduled' ? [{ ...decision, ref: receipt.ref, cause }] : [];
    });
    await this.change(conversation, changes);
  }

  /**
   * Decides anew what is open, because the holder changed: other rules hold now.
   *
   * @param which `held`: what is scheduled already stays so. Default everything that is open
   */
  async decideAnew(conversation: Conversation, cause: Cause, which: 'held' | 'open' = 'open'): Promise<void> {
    const open = await this.#parts.store.openReceipts(conversation.id);
    await this.change(
      conversation,
      open
        .filter(({ outcome }) => which === 'open' || outcome === which)
        .map(receipt => this.#anew(conversation, receipt, cause)),
    );
  }

  /** Decides the receipt of one message anew, if it is open, because a dialog has set another policy for it. */
  async decideOne(conversation: Conversation, ref: string, policy: Policy): Promise<void> {
    const open = await this.#parts.store.openReceipts(conversation.id, ref);
    const own = open.filter(receipt => receipt.ref === ref);
    await this.change(
      conversation,
      own.map(receipt => this.#anew(conversation, receipt, { by: 'dialog' }, policy)),
    );
  }

  #anew(conversation: Conversation, receipt: Receipt, cause: Cause, policy?: Policy): ReceiptChange {
    const decision = this.#decide(conversation, 'accepted', receipt, policy);
    return {
      ...decision,
      ref: receipt.ref,
      cause,
      ...(!isOpen(decision.outcome) && { at: this.#parts.clock.now() }),
    };
  }

  /** Writes changes of receipts, tells who waits for them, and sees that what is due goes out. */
  async change(conversation: Conversation, changes: readonly ReceiptChange[]): Promise<void> {
    if (changes.length === 0) return;
    const { store, clock, dispatcher, signals, changes: told, telemetry } = this.#parts;
    const options = { now: clock.now(), leaseMs, end: false };
    const written = await store.changeReceipts(conversation.id, changes, options);
    const { claimed, nextDueAt, open } = written;
    told.receipts(conversation.id, changes, written);
    telemetry.receipts(conversation.channel, changes, written.changed);
    signals.emit(conversation.id, 'receipts', open);
    if (claimed) dispatcher.take([{ kind: 'receipt', conversation }]);
    else dispatcher.wakeAt(nextDueAt);
  }

  #decide(
    conversation: Conversation,
    moment: Moment,
    receipt: Receipt,
    policy = this.#parts.policyOf(conversation),
  ): ReceiptDecision {
    const { channels, clock, random } = this.#parts;
    const channel = channels.get(conversation.channel);
    if (channel === undefined) return receipt;
    return decide(policy, {
      moment,
      holder: conversation.holder,
      kind: 'message',
      capabilities: channel.capabilities,
      characters: receipt.characters,
      hasProviderId: receipt.messageId !== undefined,
      now: clock.now(),
      jitter: random(),
    });
  }
}
