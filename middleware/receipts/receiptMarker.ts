import type { Cause } from '../audit.ts';
import type { ChannelName, Conversation } from '../domain.ts';
import { isOpen } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import type { MessageView, Receipt } from '../ports.ts';
import { countDown } from '../timing/countDown.ts';
import { pause, wokenBy } from '../timing/pause.ts';
import type { EngineParts } from './engineParts.ts';
import { findMessage } from './findMessage.ts';
import type { ReceiptReleaser } from './receiptReleaser.ts';

/** What is to be marked read: one message, by the provider's id or by ours, or all that is open in a conversation. */
export type ReadTarget =
  | (NamedMessage & {
      /** Whether earlier messages that are held may be read with it. Default no: then it waits behind them. */
      readonly includeHeld?: boolean;
    })
  | { readonly conversation: string };

type NamedMessage =
  | { readonly channel: ChannelName; readonly messageId: string }
  /** Our id of it. */
  | { readonly message: string };

/** How long the provider is waited for before the answer says that the receipt is still scheduled. */
const answerWithinMs = 5000;

/** Marks messages read because somebody asked, and says what became of it. */
export class ReceiptMarker {
  readonly #parts: EngineParts;
  readonly #releaser: ReceiptReleaser;

  constructor(parts: EngineParts, releaser: ReceiptReleaser) {
    this.#parts = parts;
    this.#releaser = releaser;
  }

  /**
   * Answers the receipts that were meant, with their outcomes: one for a message, all that were open for a
   * conversation. A receipt that has ended already is answered as it is.
   *
   * @param cause who asks
   * @throws BluetickError `unknown_message`, `unknown_conversation`
   */
  async markRead(target: ReadTarget, cause: Cause): Promise<readonly Receipt[]> {
    const { store, handing } = this.#parts;
    if ('conversation' in target) {
      const conversation = await store.conversation(target.conversation);
      if (conversation === undefined)
        throw new BluetickError('unknown_conversation', 'There is no such conversation');
      const refs = await handing.run(conversation.id, async () => {
        const open = await store.openReceipts(conversation.id);
        await this.#releaser.releaseNow(conversation, open, cause);
        return open.map(({ ref }) => ref);
      });
      return this.#settled(conversation, refs);
    }
    const { conversation, ref, receipt } = await this.#find(target);
    if (receipt === undefined) throw new BluetickError('unknown_message', 'The message owes no receipt');
    if (!isOpen(receipt.outcome)) return [receipt];
    await handing.run(conversation.id, async () => {
      const open = await store.openReceipts(conversation.id, ref);
      const meant = target.includeHeld ? open : open.filter(each => each.ref === ref);
      await this.#releaser.releaseNow(conversation, meant, cause);
    });
    return this.#settled(conversation, [ref]);
  }

  async #find(named: NamedMessage): Promise<MessageView> {
    const found =
      'message' in named ? await this.#byRef(named.message) : await findMessage(this.#parts, named);
    if (found !== undefined) return found;
    throw new BluetickError('unknown_message', 'No such message has been seen');
  }

  async #byRef(ref: string): Promise<MessageView | undefined> {
    const item = await this.#parts.store.threadItem(ref);
    return item?.side === 'customer' ? item : undefined;
  }

  /** Waits until none of the receipts is scheduled any more, but not for long. */
  async #settled(conversation: Conversation, refs: readonly string[]): Promise<readonly Receipt[]> {
    const { store, clock, scheduler, signals, stopping } = this.#parts;
    const answerLeft = countDown(answerWithinMs, clock);
    for (;;) {
      const changed = Promise.withResolvers<void>();
      const unsubscribe = signals.on(conversation.id, 'receipts', () => changed.resolve());
      try {
        const all = await store.listReceipts(conversation.id, listLimit);
        const receipts = all.filter(({ ref }) => refs.includes(ref));
        const left = answerLeft();
        if (left === 0 || receipts.every(({ outcome }) => outcome !== 'scheduled')) return receipts;
        // A stop ends the wait: the answer is what is known by then.
        const signal = stopping.aborted ? {} : { signal: stopping };
        const waited = pause(scheduler, Math.min(left, signals.lookAgainMs), {
          wake: wokenBy(changed.promise),
          ...signal,
        });
        await waited.catch(() => {});
        if (stopping.aborted) return receipts;
      } finally {
        unsubscribe();
      }
    }
  }
}

/** The newest receipts of a conversation that are looked through for those that were meant. */
const listLimit = 1000;
