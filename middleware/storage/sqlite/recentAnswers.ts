import { type Address, type Conversation, isOpen } from '../../domain.ts';
import type {
  AdmissionBatch,
  AdmissionResult,
  LedgerMove,
  OutboundChanged,
  Receipt,
  ReceiptsAhead,
  ReceiptsChanged,
} from '../../ports.ts';
import type { OperationName } from '../sql/operations.ts';

/** So many messages, and conversations, are remembered: what came in the last seconds, in a few megabytes. */
const limit = 2000;

/** What changes a conversation as such. */
const changesState: ReadonlySet<OperationName> = new Set(['changeConversation', 'handOver', 'shutWindow']);

/** A message that was admitted. */
interface KnownMessage {
  readonly ref: string;
  /** Our id of its conversation. */
  readonly conversation: string;
  readonly repliesUntil: number | undefined;
}

/** A conversation as the store answered it last. */
interface KnownConversation {
  readonly conversation: Conversation;
  /** Its open receipts, of which there is at most one; `undefined`: they are not known. */
  readonly open: Receipt | 'none' | undefined;
}

/**
 * What the store has answered lately about messages that came lately. One process has the file, so an answer holds until a
 * call of this process changes it, and what follows a message at once needs no way to the store's thread: the receipt
 * that is due with it, and the turn in which another adapter brings it a second time.
 */
export class RecentAnswers {
  readonly #messages = new Recent<KnownMessage>();
  readonly #conversations = new Recent<KnownConversation>();

  /** The answer to a call that changes nothing, as far as it is known; the others are told to {@link learn} later. */
  answer(name: OperationName, args: readonly unknown[]): unknown {
    if (name === 'admit') return this.#duplicate(args[0] as AdmissionBatch);
    if (name === 'dueReceipts') return this.#due(String(args[0]), Number(args[1]));
    // From the call on, not only from its answer: who has made it may ask at once what became of it.
    if (name === 'changeReceipts') this.#forgetReceipts(String(args[0]));
    if (changesState.has(name)) this.#conversations.delete(String(args[0]));
    if (name === 'erasePersonalData') this.forget();
    return undefined;
  }

  /** Takes in the answer to a call. Answers come in the order in which the store performed the calls. */
  learn(name: OperationName, args: readonly unknown[], value: unknown): void {
    if (name === 'admit') this.#learnAdmission(args[0] as AdmissionBatch, value as AdmissionResult);
    if (changesState.has(name)) this.#conversations.delete(String(args[0]));
    // A status may have told that the window was closed.
    if (name === 'changeOutbound') this.#failed((value as OutboundChanged).joined);
    if (name === 'replay' || name === 'erasePersonalData') this.forget();
    if (name === 'changeReceipts') {
      const known = this.#conversations.get(String(args[0]));
      if (known === undefined) return;
      const open = (value as ReceiptsChanged).open ? undefined : 'none';
      this.#conversations.put(known.conversation.id, { ...known, open });
    }
  }

  /** Nobody can tell what became of the calls that failed. */
  forget(): void {
    this.#messages.clear();
    this.#conversations.clear();
  }

  #duplicate({ admissions, rejected, ledger }: AdmissionBatch): AdmissionResult | undefined {
    const [only] = admissions;
    if (only === undefined || admissions.length > 1 || rejected.length > 0) return undefined;
    if (ledger !== undefined) return undefined;
    const message = this.#messages.get(keyOf(only.message));
    if (message === undefined) return undefined;
    const { conversation, open } = this.#conversations.get(message.conversation) ?? {};
    if (conversation === undefined || open === undefined) return undefined;
    const { ref, repliesUntil } = message;
    const ahead = aheadOf(ref, open);
    const until = repliesUntil === undefined ? undefined : { repliesUntil };
    const admitted = [{ status: 'duplicate' as const, ref, conversation, ahead, ...until }];
    return { stale: [], admitted, moved: [], claims: [], nextDueAt: undefined };
  }

  #due(conversation: string, now: number): readonly Receipt[] | undefined {
    const open = this.#conversations.get(conversation)?.open;
    if (open === undefined || open === 'none') return open && [];
    const { outcome, expiresAt = Number.POSITIVE_INFINITY } = open;
    return outcome === 'scheduled' || expiresAt <= now ? [open] : [];
  }

  #forgetReceipts(conversation: string): void {
    const known = this.#conversations.get(conversation);
    if (known !== undefined) this.#conversations.put(conversation, { ...known, open: undefined });
  }

  #failed(move: LedgerMove | undefined): void {
    if (move !== undefined && move.after.failures.length > 0)
      this.#conversations.delete(move.conversation.id);
  }

  #learnAdmission(
    { admissions, now }: AdmissionBatch,
    { admitted, acknowledged = [] }: AdmissionResult,
  ): void {
    admitted.forEach(({ status, ref, conversation, receipt, ahead, repliesUntil }, index) => {
      const admission = admissions[index];
      if (admission === undefined) return;
      const { message, solo, characters, expiresAt } = admission;
      let open: KnownConversation['open'] = ahead.what === 'nothing' ? 'none' : undefined;
      if (ahead.what === 'own' && status === 'admitted' && receipt !== undefined && isOpen(receipt.outcome)) {
        const { providerId: messageId, sentAt } = message;
        const of = { ref, messageId, sentAt, admittedAt: now, solo, characters, expiresAt };
        open = { ...receipt, ...of, attempts: 0, at: undefined };
      }
      this.#messages.put(keyOf(message), { ref, conversation: conversation.id, repliesUntil });
      this.#conversations.put(conversation.id, { conversation, open });
    });
    for (const each of acknowledged) this.#failed(each.what === 'applied' ? each.move : undefined);
  }
}

function aheadOf(ref: string, open: Receipt | 'none'): ReceiptsAhead {
  if (open === 'none') return { what: 'nothing' };
  if (open.ref !== ref || open.outcome !== 'scheduled') return { what: 'unknown' };
  return { what: 'own', dueAt: open.dueAt ?? 0 };
}

function keyOf({ channel, business, key }: Pick<Address, 'channel' | 'business'> & { key: string }): string {
  return `${channel}\0${business}\0${key}`;
}

/** A map of what was put lately: at least the latest `limit`, at most twice as many. */
class Recent<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  put(key: string, value: T): void {
    // One by one, from the front, taking out of a large map is slow.
    if (this.#young.size >= limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
