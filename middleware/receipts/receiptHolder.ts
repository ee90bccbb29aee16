import type { Cause } from '../audit.ts';
import { type Conversation, isOpen } from '../domain.ts';
import type { Receipt, ReceiptChange } from '../ports.ts';
import type { EngineParts } from './engineParts.ts';
import { patchPolicy } from './patchPolicy.ts';
import type { ReceiptReleaser } from './receiptReleaser.ts';
import type { ReceiptSender } from './receiptSender.ts';

/** What came of a hold. */
export interface Hold {
  /** The receipt of the message, or of the conversation's newest; `undefined`: none is owed. */
  readonly receipt: Receipt | undefined;
  /** It had gone out already, so the conversation's next messages are held instead. */
  readonly holdsNext: boolean;
}

/** The newest receipts of a conversation that are looked through for the message's. */
const listLimit = 200;

/** Holds receipts because somebody asked from outside of a turn: the same rules as `hold()` of a dialog has. */
export class ReceiptHolder {
  readonly #parts: EngineParts;
  readonly #sender: Pick<ReceiptSender, 'settled'>;
  readonly #releaser: ReceiptReleaser;

  constructor(parts: EngineParts, sender: Pick<ReceiptSender, 'settled'>, releaser: ReceiptReleaser) {
    this.#parts = parts;
    this.#sender = sender;
    this.#releaser = releaser;
  }

  /**
   * Holds the receipt of one message, or all that are open in a conversation, until somebody marks them read; after a
   * hand-off `policy.handoff` decides. What has gone out cannot be taken back: then the next messages are held.
   *
   * @param ref our id of the message. Default all that are open
   */
  hold({ id }: Pick<Conversation, 'id'>, cause: Cause, ref?: string): Promise<Hold> {
    return this.#parts.handing.run(id, async () => {
      // A call that is under way decides: what it reads cannot be held any more.
      await this.#sender.settled(id);
      const before = await this.#receipt(id, ref);
      if (before.receipt !== undefined && isOpen(before.receipt.outcome)) {
        const open = await this.#parts.store.openReceipts(id);
        const meant = ref === undefined ? open : open.filter(receipt => receipt.ref === ref);
        await this.#releaser.change(
          before.conversation,
          meant.map(receipt => heldByHand(receipt, cause)),
        );
      }
      const { receipt } = await this.#receipt(id, ref);
      const holdsNext = isTooLate(receipt);
      if (holdsNext) await patchPolicy(this.#parts, id, holdNext);
      return { receipt, holdsNext };
    });
  }

  async #receipt(id: string, ref: string | undefined) {
    const { store } = this.#parts;
    const conversation = await store.conversation(id);
    if (conversation === undefined) throw new Error('a conversation that was found is gone');
    const all = await store.listReceipts(id, ref === undefined ? 1 : listLimit);
    return { conversation, receipt: all.find(each => ref === undefined || each.ref === ref) };
  }
}

/** What a receipt becomes that somebody holds. */
export function heldByHand({ ref }: Pick<Receipt, 'ref'>, cause: Cause): ReceiptChange {
  const because = cause.by === 'dialog' ? 'the dialog holds it' : 'held by hand';
  return { ref, outcome: 'held', until: 'manual', because, cause };
}

/** Whether the customer sees it read already: nothing can take that back. */
export function isTooLate(receipt: Pick<Receipt, 'outcome'> | undefined): boolean {
  return receipt?.outcome === 'sent' || receipt?.outcome === 'covered';
}

/** The policy of a conversation whose next messages are held. */
export const holdNext = { read: { when: 'manual' } } as const;
