import { hash } from 'node:crypto';
import type { Conversation } from '../domain.ts';
import { ProviderError } from '../errors.ts';
import type { Channel, Receipt, ReceiptChange } from '../ports.ts';
import { type CallUnderWay, endWithin } from '../timing/endWithin.ts';
import { channelOffRetryMs, retryDelay } from '../timing/retryDelay.ts';
import type { CallGate } from './callGate.ts';
import { leaseMs } from './dispatcher.ts';
import type { EngineParts } from './engineParts.ts';
import { LeaseLost } from './lease.ts';
import { wasMade } from './notMade.ts';
import { planReceipts } from './planReceipts.ts';
import { traceReceipt } from './traceReceipt.ts';
import type { TypingIndicator } from './typingIndicator.ts';

/** Sends the receipts that are due, one call at a time in a conversation, and records how each ended. */
export class ReceiptSender {
  readonly #parts: EngineParts;
  readonly #gate: CallGate;
  readonly #typing: TypingIndicator;
  readonly #underWay = new Map<string, CallUnderWay & { readonly typing: boolean }>();
  readonly #written = new Map<string, PromiseWithResolvers<void>>();

  constructor(parts: EngineParts, gate: CallGate, typing: TypingIndicator) {
    this.#parts = parts;
    this.#gate = gate;
    this.#typing = typing;
  }

  /** The handler of the lane `receipt`. */
  async run(conversation: Conversation): Promise<void> {
    const { store, clock, signals, dispatcher, changes: told, telemetry } = this.#parts;
    for (;;) {
      // A turn that begins with this message says first whether it wants typing: then one call does both.
      await this.#typing.declared(conversation.id);
      const plan = planReceipts(await store.dueReceipts(conversation.id, clock.now()), clock.now());
      const changes: ReceiptChange[] = plan.expired.map(({ ref }) => ({
        ref,
        outcome: 'expired',
        because: 'it stayed open for as long as the provider takes receipts',
        at: clock.now(),
        cause: { by: 'time' },
      }));
      if (plan.call !== undefined) {
        const made = await this.#send(conversation, plan.call.target, plan.call.covers);
        if (made === undefined) return;
        changes.push(...made);
      }
      const written = store
        .changeReceipts(conversation.id, changes, { now: clock.now(), leaseMs, end: true })
        .finally(() => this.#settle(conversation.id));
      // A reply waits for the provider, not for the record of it.
      const read = changes.flatMap(({ ref, outcome }) =>
        outcome === 'sent' || outcome === 'covered' ? [ref] : [],
      );
      if (read.length > 0) signals.emit(conversation.id, 'read', read);
      const after = await written;
      if (changes.length > 0) signals.emit(conversation.id, 'receipts', after.open);
      told.receipts(conversation.id, changes, after);
      telemetry.receipts(conversation.channel, changes, after.changed);
      if (after.claimed) continue;
      dispatcher.wakeAt(after.nextDueAt);
      return;
    }
  }

  /**
   * Resolves when no call that shows typing is under way: typing must not follow the reply. One that takes longer
   * than `patienceMs` is given up, and its receipt sent again later without typing.
   */
  async settleTyping(conversation: string, patienceMs: number): Promise<void> {
    const call = this.#underWay.get(conversation);
    if (!call?.typing) return;
    await endWithin(this.#parts.scheduler, call, patienceMs);
  }

  /** Resolves when no receipt's call is under way, and what became of it is written. */
  async settled(conversation: string): Promise<void> {
    await this.#written.get(conversation)?.promise;
  }

  /** Whether no receipt of the conversation can go out now: its provider fails, or asks us to wait. */
  isKeptBack({ id, business, channel: name }: Conversation): boolean {
    const channel = this.#parts.channels.get(name);
    return channel !== undefined && this.#gate.keepsBack(channel, { business, conversation: id });
  }

  #settle(conversation: string): void {
    this.#written.get(conversation)?.resolve();
    this.#written.delete(conversation);
  }

  /** Makes a call; answers what came of it. `undefined`: none was made, as another process has taken over. */
  async #send(
    conversation: Conversation,
    target: Receipt,
    covers: readonly Receipt[],
  ): Promise<ReceiptChange[] | undefined> {
    const { clock, channels, dispatcher, ledger, log, telemetry } = this.#parts;
    const channel = channels.get(conversation.channel);
    if (channel === undefined || target.messageId === undefined) {
      log.warn(
        { channel: conversation.channel, conversation: conversation.id, message: target.ref },
        'A receipt waits: its channel is not on',
      );
      return this.#again([target, ...covers], clock.now() + channelOffRetryMs, target.attempts);
    }
    const { id } = conversation;
    const typing = showsTyping(channel, this.#typing.wants(id));
    const abort = new AbortController();
    const ended = Promise.withResolvers<void>();
    this.#underWay.set(id, { typing, abort, ended: ended.promise });
    this.#written.set(id, Promise.withResolvers());
    try {
      const named = covers.flatMap(({ messageId }) => messageId ?? []);
      const call = {
        ...conversation,
        messageId: target.messageId,
        ...(named.length > 0 && { covers: named }),
        typing,
        repeatId: repeatId(id, target, typing),
      };
      const of = { conversation, target, covers, typing };
      const lease = dispatcher.leaseOf('receipt', id);
      await this.#gate.run(
        channel,
        { business: conversation.business, conversation: id, owedSince: target.admittedAt, lease },
        'receipt',
        abort.signal,
        signal => traceReceipt(telemetry, of, () => channel.markRead(call, signal)),
      );
      const at = clock.now();
      if (typing) this.#typing.shown(id);
      for (const { admittedAt } of [target, ...covers]) ledger.receiptSent(conversation, admittedAt, at);
      log.debug({ conversation: id, message: target.ref, covers: covers.length, typing }, 'Receipt sent');
      const sent = {
        ref: target.ref,
        outcome: 'sent',
        because: target.because,
        at,
        attempts: target.attempts + 1,
        cause: { by: 'provider' },
        answer: 'taken',
      } as const;
      const because = `the receipt of a later message (${target.ref}) covered it`;
      const covered = { outcome: 'covered', because, at, cause: { by: 'order' } } as const;
      return [sent, ...covers.map(({ ref }) => ({ ref, ...covered }))];
    } catch (error) {
      if (error instanceof LeaseLost) {
        this.#settle(id);
        return undefined;
      }
      return this.#failed(conversation, target, covers, error);
    } finally {
      this.#underWay.delete(id);
      ended.resolve();
    }
  }

  #failed(
    { id }: Conversation,
    target: Receipt,
    covers: readonly Receipt[],
    error: unknown,
  ): ReceiptChange[] {
    const { clock, random, log } = this.#parts;
    const fault =
      error instanceof ProviderError
        ? error
        : new ProviderError('The call failed', { fault: 'transient', providerCode: 'unknown', cause: error });
    const attempts = target.attempts + (wasMade(fault) ? 1 : 0);
    const again = fault.retryable && attempts <= fault.retries;
    // The gate has said why it makes no calls; once for each receipt and look would fill the log overnight.
    log[wasMade(fault) ? 'warn' : 'debug'](
      { conversation: id, message: target.ref, code: fault.providerCode, attempts, again },
      'Receipt not sent',
    );
    if (!again) {
      const because = `the provider refused it for good (${fault.providerCode})`;
      const refusal = fault.toRefusal();
      const failed = { outcome: 'failed', because, at: clock.now(), attempts, refusal } as const;
      return [{ ref: target.ref, ...failed, ...answered(fault) }];
    }
    const dueAt = clock.now() + retryDelay(fault, Math.max(attempts, 1), random());
    return this.#again([target, ...covers], dueAt, attempts, answered(fault));
  }

  /** @param answer what is kept of the call, where one was made */
  #again(
    receipts: readonly Receipt[],
    dueAt: number,
    attempts: number,
    answer?: Pick<ReceiptChange, 'cause' | 'answer'>,
  ): ReceiptChange[] {
    return receipts.map(({ ref, because, dueAt: before = 0 }) => ({
      ref,
      outcome: 'scheduled',
      because,
      dueAt: Math.max(before, dueAt),
      // Who has held it meanwhile, or let an agent decide, has the last word.
      onlyScheduled: true,
      ...(ref === receipts[0]?.ref && { attempts, ...answer }),
    }));
  }
}

/** What the audit is told of a call that failed. One that was never made is none. */
function answered(fault: ProviderError): Pick<ReceiptChange, 'cause' | 'answer'> {
  return wasMade(fault) ? { cause: { by: 'provider' }, answer: fault.toRefusal() } : {};
}

/** Whether the call shows typing too: because a turn wants it, or because the channel has no other way to read. */
function showsTyping({ capabilities }: Channel, wanted: boolean): boolean {
  if (capabilities.read === 'withTyping') return true;
  return capabilities.typing === 'impliesRead' && wanted;
}

/**
 * The id under which a provider that knows repeats sees the same call again. It is worked out rather than stored:
 * the conversation's id is random, so nothing of the customer shows in it.
 */
function repeatId(conversation: string, { ref }: Receipt, typing: boolean): string {
  const hex = hash('sha256', `${conversation}\0${ref}\0${typing}`);
  const [first, second, third] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16)];
  return `${first}-${second}-8${third}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
