import { randomUUID } from 'node:crypto';
import { type Conversation, type OutboundContent, windowMs } from '../domain.ts';
import { asBluetickError, BluetickError, describeError, ProviderError } from '../errors.ts';
import type { Channel, Outbound, OutboundChange, OutboundRequest } from '../ports.ts';
import { type CallGate, wasMade } from './callGate.ts';
import { leaseMs } from './dispatcher.ts';
import type { EngineParts } from './engineParts.ts';
import { pause } from './pause.ts';
import { channelOffRetryMs, retryDelay } from './retryDelay.ts';

/** How long a message that the provider would not take is tried again: as long as the window could be open. */
const keepTryingMs = windowMs;

/** How soon a store that could not record a call is asked again. */
const recordRetryMs = 1000;

/**
 * How often a call that a death of the process cut off is made again. Most deaths come before the call leaves, so giving
 * up early would lose replies; a provider that does not answer is another matter, and gets one more try.
 */
const maxInterruptions = 4;

const neverAborted = new AbortController().signal;

/** What became of a message that was handed over: its provider's id is there once the provider has it. */
export interface Sent {
  /** Our opaque id. */
  readonly ref: string;
  /** The provider's id; absent while the message waits to be sent, or to be sent again. */
  readonly providerId: string | undefined;
}

/** Sends messages to customers: each is a row before its call, and those of a conversation keep their order. */
export class Outbox {
  readonly #parts: EngineParts;
  readonly #gate: CallGate;

  constructor(parts: EngineParts, gate: CallGate) {
    this.#parts = parts;
    this.#gate = gate;
  }

  /**
   * Hands a message over. It resolves when the provider has it, or when it safely waits for a provider that fails
   * now; the message is then sent later, in order.
   *
   * @throws ProviderError if the provider refuses the message for good.
   * @throws BluetickError `window_closed` for a free-form message outside the window (not for a bot's reply in its
   *   turn, of which the provider is the judge), `store_unavailable`.
   * @param options.turn the turn whose reply it is
   * @param options.dueAt when it is to go out, in Unix milliseconds. Default at once
   */
  async send(
    conversation: Conversation,
    content: OutboundContent,
    { turn, dueAt }: Pick<OutboundRequest, 'turn' | 'dueAt'> = {},
  ): Promise<Sent> {
    const { store, clock, dispatcher } = this.#parts;
    if (turn === undefined) await this.#checkWindow(conversation, content);
    const now = clock.now();
    const correlation = randomUUID();
    const { outbound, call } = await store.addOutbound({
      conversation: conversation.id,
      content,
      correlation,
      now,
      leaseMs,
      ...(turn && { turn }),
      ...(dueAt !== undefined && { dueAt }),
    });
    if (!call) dispatcher.wakeAt(dueAt);
    if (!call) return { ref: outbound.ref, providerId: outbound.providerId };
    const claim = { kind: 'outbound' as const, conversation };
    const { providerId, error } = await dispatcher.hold(claim, () => this.#deliver(outbound));
    if (error !== undefined) throw error;
    return { ref: outbound.ref, providerId };
  }

  /** The handler of the lane `outbound`. It sends one message: its outcome gives the lane back, for the next to claim. */
  async run(conversation: Conversation): Promise<void> {
    const outbound = await this.#parts.store.nextOutbound(conversation.id, this.#parts.clock.now());
    if (outbound !== undefined) await this.#deliver(outbound);
  }

  async #checkWindow(conversation: Conversation, content: OutboundContent): Promise<void> {
    const { channels, clock, store } = this.#parts;
    if (content.type === 'template' || channels.get(conversation.channel)?.capabilities.window !== true)
      return;
    const isClosed = ({ windowFrom }: Conversation) => clock.now() >= windowFrom + windowMs;
    if (!isClosed(conversation)) return;
    // The caller's view may be older than the customer's latest message.
    const fresh = await store.conversation(conversation.id);
    if (fresh === undefined || !isClosed(fresh)) return;
    throw new BluetickError(
      'window_closed',
      'The 24 hours after the customer’s latest message are over: only a template may be sent.',
    );
  }

  async #deliver(outbound: Outbound): Promise<{ providerId: string | undefined; error?: unknown }> {
    const { dispatcher, channels, log } = this.#parts;
    const channel = channels.get(outbound.conversation.channel);
    const { change, error } = await this.#call(outbound, channel);
    dispatcher.wakeAt(await this.#record(outbound, change));
    const fields = { conversation: outbound.conversation.id, message: outbound.ref, state: change.state };
    if (change.state === 'sent') {
      log.debug(fields, 'Message sent');
      return { providerId: change.providerId };
    }
    const code = error instanceof ProviderError ? error.providerCode : undefined;
    log.warn({ ...fields, code }, 'Message not sent');
    return { providerId: undefined, ...(change.state === 'failed' && { error }) };
  }

  /** Keeps at it while the store is away: forgetting that the provider has a message would send it twice. */
  async #record({ ref, conversation }: Outbound, change: OutboundChange): Promise<number | undefined> {
    const { store, clock, scheduler, stopping, log } = this.#parts;
    for (;;) {
      try {
        return (await store.changeOutbound(ref, change, clock.now())).nextDueAt;
      } catch (error) {
        if (asBluetickError(error).code !== 'store_unavailable') throw error;
        const fields = { conversation: conversation.id, message: ref, ...describeError(error) };
        log.error(fields, 'What became of a message is not recorded yet');
        await pause(scheduler, recordRetryMs, { signal: stopping });
      }
    }
  }

  async #call(
    outbound: Outbound,
    channel: Channel | undefined,
  ): Promise<{ change: OutboundChange; error?: unknown }> {
    const { conversation, content, correlation, createdAt } = outbound;
    if (channel === undefined) {
      const dueAt = this.#parts.clock.now() + channelOffRetryMs;
      return { change: { state: 'queued', dueAt, interrupted: false, counted: false } };
    }
    // A call whose end nobody saw is made again, not for ever: each time the customer may have the message once more.
    if (outbound.interrupted > maxInterruptions && !channel.capabilities.idempotentSend) {
      const failure = 'several calls ended without an answer: whether the customer has it is not known';
      return { change: { state: 'failed', failure }, error: unanswered(failure) };
    }
    try {
      const to = { business: conversation.business, conversation: conversation.id };
      const interrupted = outbound.interrupted > 0;
      // A stop waits for the call rather than aborting it: nobody would know whether the customer has the message.
      const { providerId } = await this.#gate.run(channel, to, 'send', neverAborted, signal =>
        channel.send({ ...conversation, content, correlation, createdAt, interrupted }, signal),
      );
      return { change: { state: 'sent', providerId } };
    } catch (error) {
      return { change: this.#afterFailure(outbound, channel, error), error };
    }
  }

  #afterFailure(outbound: Outbound, { capabilities }: Channel, error: unknown): OutboundChange {
    const now = this.#parts.clock.now();
    if (!(error instanceof ProviderError)) return { state: 'failed', failure: 'internal' };
    const counted = wasMade(error);
    const attempts = outbound.attempts + (counted ? 1 : 0);
    const interrupted = error.ambiguous;
    const lastWord = interrupted && outbound.interrupted > 0 && !capabilities.idempotentSend;
    // What never left was not tried: while a channel is paused, what is owed waits.
    const tooLate = counted && now - outbound.createdAt >= keepTryingMs;
    if (!error.retryable || attempts > error.retries || lastWord || tooLate) {
      return { state: 'failed', failure: error.providerCode };
    }
    const dueAt = now + retryDelay(error, Math.max(attempts, 1), this.#parts.random());
    return { state: 'queued', dueAt, interrupted, counted };
  }
}

function unanswered(message: string): ProviderError {
  return new ProviderError(message, { fault: 'permanent', providerCode: 'unanswered', ambiguous: true });
}
