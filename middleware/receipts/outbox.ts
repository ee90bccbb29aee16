import { randomUUID } from 'node:crypto';
import { isWindowClosed, refusedHere, windowClosed } from '../acknowledgements/window.ts';
import { type Conversation, type OutboundContent, type Refusal, windowMs } from '../domain.ts';
import { asBluetickError, describeError, ProviderError } from '../errors.ts';
import type { Policy } from '../policy/policy.ts';
import type { Channel, Outbound, OutboundChange, OutboundRequest } from '../ports.ts';
import { aboutOutbound } from '../telemetry/aboutOutbound.ts';
import { pause } from '../timing/pause.ts';
import { channelOffRetryMs, retryDelay } from '../timing/retryDelay.ts';
import type { CallGate } from './callGate.ts';
import { leaseMs } from './dispatcher.ts';
import type { EngineParts } from './engineParts.ts';
import { LeaseLost } from './lease.ts';
import { wasMade } from './notMade.ts';
import { type Posted, repeat, type Sent, toSent } from './sent.ts';
import { traceSend } from './traceSend.ts';
import { asksProvider, WindowGuard } from './windowGuard.ts';

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

/** What {@link Outbox.send} may be told beside the message. */
export interface SendOptions
  extends Pick<OutboundRequest, 'turn' | 'dueAt' | 'sender' | 'escalate' | 'idempotencyKey'> {
  /** The policy of the message, which may name a fallback template. Default the conversation's. */
  readonly policy?: Policy;
  /**
   * Whether the provider judges the window, and not our clock. Default `false`. It does for the answer to what is no
   * message: whether a reaction opens the window nobody says.
   */
  readonly asksProvider?: boolean;
}

/** Sends messages to customers: each is a row before its call, and those of a conversation keep their order. */
export class Outbox {
  readonly #parts: EngineParts;
  readonly #gate: CallGate;
  readonly #window: WindowGuard;

  constructor(parts: EngineParts, gate: CallGate) {
    this.#parts = parts;
    this.#gate = gate;
    this.#window = new WindowGuard(parts);
  }

  /**
   * Hands a message over. It resolves when the provider has it, or when it safely waits for a provider that fails
   * now; the message is then sent later, in order. Where the window is closed and the policy names a template for that,
   * the template is sent instead.
   *
   * @throws ProviderError if the provider refuses the message for good; `window_closed` for a free-form message outside
   *   the window, whether or not the provider had to say so.
   * @throws BluetickError `store_unavailable`; `conflict` where the key was given to another message before.
   * @param options.turn the turn whose reply it is
   * @param options.dueAt when it is to go out, in Unix milliseconds. Default at once
   * @param options.sender who wrote it. Default the bot
   * @param options.escalate what is to happen if it does not arrive. Default nothing
   * @param options.idempotencyKey see {@link OutboundRequest.idempotencyKey}. Default none: it is sent in any case
   */
  async send(conversation: Conversation, content: OutboundContent, options?: SendOptions): Promise<Sent> {
    const { sent, error } = await this.post(conversation, content, options);
    if (error !== undefined) throw error;
    return sent;
  }

  /**
   * Hands a message over as {@link send} does. What the provider refuses is answered, and not thrown: there is a message,
   * which says what became of it.
   *
   * @throws ProviderError `window_closed` where no message was written.
   * @throws BluetickError as {@link send}.
   */
  async post(
    conversation: Conversation,
    content: OutboundContent,
    { policy, asksProvider: asks = false, ...request }: SendOptions = {},
  ): Promise<Posted> {
    // A reply's row comes first: it may be there already, from an earlier run of the turn.
    if (request.turn !== undefined || (await this.#window.passes(conversation, content)))
      return this.#handOver(conversation, { content, ...request }, policy, asks);
    const template = this.#window.instead({ conversation, content }, policy);
    if (template !== undefined)
      return this.#handOver(conversation, { content: template, insteadOf: content, ...request });
    // The window may have been open when it was asked for first.
    const asked = { conversation: conversation.id, content, ...request };
    const repeated = request.idempotencyKey && (await this.#parts.store.repeatedOutbound(asked));
    if (!repeated) throw windowClosed();
    return { ...repeat(repeated), isNew: false };
  }

  async #handOver(
    conversation: Conversation,
    request: Pick<OutboundRequest, 'content' | 'insteadOf'> & Omit<SendOptions, 'policy' | 'asksProvider'>,
    policy?: Policy,
    asks?: boolean,
  ): Promise<Posted> {
    const { store, clock, dispatcher, changes } = this.#parts;
    const now = clock.now();
    const correlation = randomUUID();
    const added = await store.addOutbound({
      ...request,
      conversation: conversation.id,
      correlation,
      now,
      leaseMs,
    });
    if (request.escalate !== undefined) dispatcher.wakeAt(now + request.escalate.afterMs);
    changes.superseded(conversation.id, added.superseded);
    // A message that was there already has another correlation.
    const isNew = added.outbound.correlation === correlation;
    if (isNew) changes.added(added.outbound);
    if (!added.call) dispatcher.wakeAt(request.dueAt);
    if (!added.call) return { ...repeat(added), isNew };
    const claim = { kind: 'outbound' as const, conversation };
    const posted = await dispatcher.hold(claim, () => this.#deliver(added.outbound, policy, asks));
    return { ...posted, isNew };
  }

  /** The handler of the lane `outbound`. It sends one message: its outcome gives the lane back, for the next to claim. */
  async run(conversation: Conversation): Promise<void> {
    const outbound = await this.#parts.store.nextOutbound(conversation.id, this.#parts.clock.now());
    if (outbound !== undefined) await this.#deliver(outbound);
  }

  /** @param asks as {@link SendOptions.asksProvider}; of a reply that waited the kind of what it answers tells */
  async #deliver(
    outbound: Outbound,
    policy?: Policy,
    asks = outbound.answers !== undefined && asksProvider(outbound.answers),
  ): Promise<Omit<Posted, 'isNew'>> {
    const { dispatcher, channels, log } = this.#parts;
    const channel = channels.get(outbound.conversation.channel);
    const called = await this.#call(outbound, channel, asks);
    // Whoever has taken over sends it: to its author it waits safely, as where the provider fails.
    if (called === undefined) return { sent: toSent(outbound, undefined) };
    const { change, error } = called;
    const refused = isWindowClosed(error) ? error : undefined;
    const instead = refused && this.#window.instead(outbound, policy);
    const { nextDueAt, confirmed, added } = await this.#record(outbound, change, refused, instead);
    dispatcher.wakeAt(nextDueAt);
    // A status was quicker than the call's answer, and has the last word.
    if (confirmed !== undefined) return { sent: toSent(outbound, confirmed) };
    const fields = { ...aboutOutbound(outbound), state: change.state };
    if (change.state === 'sent') {
      log.debug(fields, 'Message sent');
      return { sent: toSent(outbound, change.providerId) };
    }
    const fault = error instanceof ProviderError ? error : undefined;
    const level = fault !== undefined && !wasMade(fault) ? 'debug' : 'warn';
    log[level]({ ...fields, code: fault?.providerCode }, 'Message not sent');
    if (added !== undefined)
      return added.call ? this.#deliver(added.outbound) : { sent: toSent(added.outbound, undefined) };
    return { sent: toSent(outbound, undefined), ...(change.state === 'failed' && { error }) };
  }

  /**
   * Keeps at it while the store is away: forgetting that the provider has a message would send it twice. What is asked for
   * in one turn of the event loop shares a commit, so a message that was refused never lacks what goes in its place.
   */
  async #record(
    outbound: Outbound,
    change: OutboundChange,
    refused: ProviderError | undefined,
    instead: OutboundContent | undefined,
  ) {
    const { store, clock, scheduler, stopping, log, ledger, changes } = this.#parts;
    const { ref, conversation, content, turn } = outbound;
    const shuts = refused !== undefined && refused.providerCode !== refusedHere;
    for (;;) {
      try {
        const now = clock.now();
        const of = {
          conversation: conversation.id,
          insteadOf: content,
          correlation: randomUUID(),
          now,
          leaseMs,
        };
        const [{ nextDueAt, confirmed, joined, waitingSince, failed }, added] = await Promise.all([
          store.changeOutbound(ref, change, now),
          instead && store.addOutbound({ ...of, content: instead, replaces: ref, ...(turn && { turn }) }),
          shuts && store.shutWindow(conversation.id, conversation.windowFrom),
        ]);
        const since = waitingSince === undefined ? {} : { waitingSince };
        if (change.state === 'sent' && confirmed === undefined)
          ledger.accepted({ ref, conversation, at: now, ...since });
        if (change.state === 'sent' && changes.any)
          changes.tell({ type: 'message.accepted', conversation: conversation.id, message: ref });
        if (joined !== undefined) ledger.moved(joined);
        if (failed !== undefined) ledger.tell(failed);
        if (shuts || (joined?.after.failures.length ?? 0) > 0) void changes.shut(conversation.id);
        if (added?.outbound.correlation === of.correlation) changes.added(added.outbound);
        return { nextDueAt, confirmed, added };
      } catch (error) {
        if (asBluetickError(error).code !== 'store_unavailable') throw error;
        const fields = { ...aboutOutbound(outbound), ...describeError(error) };
        log.error(fields, 'What became of a message is not recorded yet');
        await pause(scheduler, recordRetryMs, { signal: stopping });
      }
    }
  }

  /** Answers what came of it; `undefined`: no call was made, as another process has taken over. */
  async #call(
    outbound: Outbound,
    channel: Channel | undefined,
    asks: boolean,
  ): Promise<{ change: OutboundChange; error?: unknown } | undefined> {
    const { conversation, content, correlation, createdAt } = outbound;
    const { id } = conversation;
    if (channel === undefined) {
      const dueAt = this.#parts.clock.now() + channelOffRetryMs;
      return { change: { state: 'queued', dueAt, interrupted: false, counted: false } };
    }
    // A call whose end nobody saw is made again, not for ever: each time the customer may have the message once more.
    if (outbound.interrupted > maxInterruptions && !channel.capabilities.idempotentSend) {
      const error = unanswered();
      return { change: this.#failed(error.message, error.toRefusal()), error };
    }
    // A call that may have been made is made again, whatever the clock says: the provider knows what became of it.
    if (outbound.interrupted === 0 && !this.#window.lets(outbound, channel, asks))
      return { change: this.#failed(refusedHere, windowClosed().toRefusal()), error: windowClosed() };
    try {
      const lease = this.#parts.dispatcher.leaseOf('outbound', id);
      const to = { business: conversation.business, conversation: id, owedSince: createdAt, lease };
      const interrupted = outbound.interrupted > 0;
      // A stop waits for the call rather than aborting it: nobody would know whether the customer has the message.
      const { providerId } = await this.#gate.run(channel, to, 'send', neverAborted, signal =>
        traceSend(this.#parts.telemetry, outbound, () =>
          channel.send({ ...conversation, content, correlation, createdAt, interrupted }, signal),
        ),
      );
      return { change: { state: 'sent', providerId, hooks: this.#parts.hooks } };
    } catch (error) {
      if (error instanceof LeaseLost) return undefined;
      const told = isWindowClosed(error) ? windowClosed(error.providerCode, error) : error;
      return { change: this.#afterFailure(outbound, channel, error), error: told };
    }
  }

  #failed(failure: string, refusal?: Refusal): OutboundChange {
    return { state: 'failed', failure, ...(refusal && { refusal }), hooks: this.#parts.hooks };
  }

  #afterFailure(outbound: Outbound, { capabilities }: Channel, error: unknown): OutboundChange {
    const now = this.#parts.clock.now();
    if (!(error instanceof ProviderError)) return this.#failed('internal');
    const counted = wasMade(error);
    const attempts = outbound.attempts + (counted ? 1 : 0);
    const interrupted = error.ambiguous;
    const lastWord = interrupted && outbound.interrupted > 0 && !capabilities.idempotentSend;
    // What never left was not tried: while a channel is paused, what is owed waits.
    const tooLate = counted && now - outbound.createdAt >= keepTryingMs;
    if (!error.retryable || attempts > error.retries || lastWord || tooLate) {
      const refusal = error.toRefusal();
      return this.#failed(error.providerCode, lastWord ? { ...refusal, is: 'unanswered' } : refusal);
    }
    const dueAt = now + retryDelay(error, Math.max(attempts, 1), this.#parts.random());
    return { state: 'queued', dueAt, interrupted, counted };
  }
}

function unanswered(): ProviderError {
  return new ProviderError(
    'several calls ended without an answer: whether the customer has it is not known',
    {
      fault: 'permanent',
      is: 'unanswered',
      providerCode: 'unanswered',
      ambiguous: true,
    },
  );
}
