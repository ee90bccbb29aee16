import type { Acknowledgement, ChannelName, Conversation } from '../domain.ts';
import { asBluetickError, describeError } from '../errors.ts';
import type { Channel, ClaimedEscalation, EscalationEnd, LedgerEvent, Store } from '../ports.ts';
import { findAboutOutbound } from '../telemetry/aboutOutbound.ts';
import { callWithin } from '../timing/callWithin.ts';
import { countDown } from '../timing/countDown.ts';
import { pause } from '../timing/pause.ts';
import { type Elapsed, measure } from '../timing/systemClock.ts';
import { type AttemptParts, type EscalationAttempted, EscalationLost, WayAttempts } from './wayAttempts.ts';

/** How long a claim is ours: whoever finds it after that takes its worker for dead. */
export const escalationLeaseMs = 30_000;
/** How long the ways may take together, so that the end is recorded well within the claim. */
const workMs = 25_000;
/** How long the provider may take to tell what became of the message. */
const askLimitMs = 3000;
/** How soon a store that could not record an end is asked again. */
const recordRetryMs = 1000;

/** What an {@link Escalator} works with. */
export interface EscalatorParts extends AttemptParts {
  readonly store: Pick<
    Store,
    'dueEscalation' | 'claimEscalation' | 'returnEscalation' | 'endEscalation' | 'outbound'
  >;
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  /** The addresses that a web hook goes to for everything that happens to a message. */
  readonly hooks: readonly string[];
  /** Makes sure that somebody looks when the next escalation is due. */
  readonly wakeAt: (at: number | undefined) => void;
  /** Whether a conversation's escalations are this process's still, and no other has taken over. Absent: none can. */
  readonly isOurs?: (conversation: string) => Promise<boolean>;
  /** Folds what a provider answered when it was asked; resolves when the store has it. */
  readonly applyStatuses: (channel: Channel, statuses: readonly Acknowledgement[]) => Promise<unknown>;
  /** Tells listeners. */
  readonly emit: (event: LedgerEvent) => void;
}

/** A claim of ours. */
interface OwnClaim {
  /** Since when, as the store has it: in Unix milliseconds. */
  readonly at: number;
  readonly age: Elapsed;
}

/**
 * Reaches customers another way where a message does not arrive. Each escalation is claimed by one worker alone, and its
 * call made at least once: where a worker dies, the next one makes it again under the same key.
 */
export class Escalator {
  readonly #parts: EscalatorParts;

  constructor(parts: EscalatorParts) {
    this.#parts = parts;
  }

  /** The handler of the lane `escalation`. It carries out one: its end gives the lane back, for the next to claim. */
  async run(conversation: Conversation): Promise<void> {
    try {
      await this.#carryOutNext(conversation.id);
    } catch (error) {
      // What was owed stays owed: after a stop whoever comes next goes on with it, as does whoever has taken over.
      if (!this.#parts.stopping.aborted && !(error instanceof EscalationLost)) throw error;
    }
  }

  async #carryOutNext(conversation: string): Promise<void> {
    const { store, clock, hooks, stopping, wakeAt, emit } = this.#parts;
    while (!stopping.aborted) {
      const due = await store.dueEscalation(conversation, hooks, clock.now());
      due.cancelled.forEach(emit);
      if (due.escalation === undefined) {
        wakeAt(due.nextDueAt);
        return;
      }
      await this.#ask(due.escalation);
      const { ref } = due.escalation.entry;
      const claim = { at: clock.now(), age: measure(clock) };
      const claimed = await store.claimEscalation(ref, hooks, claim.at, escalationLeaseMs);
      if (claimed.event !== undefined) emit(claimed.event);
      if (claimed.escalation !== undefined) {
        await this.#carryOut(claimed.escalation, claim);
        return;
      }
    }
  }

  /** No tick is no proof: where the provider can be asked, it is. That it cannot answer stops nothing. */
  async #ask({ entry: { ref, conversation, providerId } }: ClaimedEscalation): Promise<void> {
    const { store, channels, scheduler, applyStatuses, log } = this.#parts;
    const channel = channels.get(conversation.channel);
    if (channel?.fetchStatus === undefined || providerId === undefined) return;
    const { business, customer } = conversation;
    const of = { channel: channel.name, business, customer, providerId };
    try {
      const statuses = await callWithin(
        scheduler,
        askLimitMs,
        async signal => (await channel.fetchStatus?.(of, signal)) ?? [],
      );
      await applyStatuses(channel, statuses);
    } catch (error) {
      const about = await findAboutOutbound(store, { conversation: conversation.id, message: ref });
      log.warn(
        { ...about, ...describeError(error) },
        'The provider could not say what became of a message; it is escalated all the same',
      );
    }
  }

  async #carryOut(escalation: ClaimedEscalation, claim: OwnClaim): Promise<void> {
    const { store, clock, stopping, wakeAt, emit, log } = this.#parts;
    const { via, entry } = escalation;
    const about = await findAboutOutbound(store, { conversation: entry.conversation.id, message: entry.ref });
    const isOurs = async () => (await this.#parts.isOurs?.(entry.conversation.id)) !== false;
    const attempts = new WayAttempts(this.#parts, { ...escalation, about }, isOurs);
    let worked = false;
    for (const [index, way] of via.entries()) {
      // Each way gets its share of the time that is left: a slow one leaves enough to those after it.
      const leftMs = workMs - claim.age();
      if (leftMs <= 0) break;
      try {
        worked = await attempts.try(way, countDown(leftMs / (via.length - index), clock));
      } catch (error) {
        // Where no call can have reached the customer, whoever comes after a stop need not wait for the claim's end.
        const until = claim.at + escalationLeaseMs;
        if (stopping.aborted && !attempts.mayHaveReached)
          await store.returnEscalation(entry.ref, until, clock.now());
        throw error;
      }
      if (worked) break;
    }
    const { tries, possiblyDoubled } = attempts;
    if (!worked && (tries.length < via.length || claim.age() >= escalationLeaseMs)) {
      // The machine slept: somebody else may be at it by now, and it is not ours to say that nothing works.
      log.warn(about, 'An escalation took too long; it is due again');
      wakeAt(clock.now());
      return;
    }
    const state = worked ? 'escalated' : 'failed';
    const { event, nextDueAt } = await this.#record({ entry, about }, { state, tries, possiblyDoubled });
    if (worked) log.info({ ...about, way: tries.at(-1)?.way }, 'Message escalated');
    else log.warn({ ...about, codes: tries.map(({ failure }) => failure) }, 'No way out worked');
    if (event !== undefined) emit(event);
    wakeAt(nextDueAt);
  }

  /** Keeps at it while the store is away: forgetting a call that was made would make it again. */
  async #record({ entry, about }: Pick<EscalationAttempted, 'entry' | 'about'>, end: EscalationEnd) {
    const { store, clock, scheduler, hooks, stopping, log } = this.#parts;
    for (;;) {
      try {
        return await store.endEscalation(entry.ref, end, hooks, clock.now());
      } catch (error) {
        if (asBluetickError(error).code !== 'store_unavailable') throw error;
        log.error({ ...about, ...describeError(error) }, 'An escalation’s end is not recorded yet');
        await pause(scheduler, recordRetryMs, { signal: stopping });
      }
    }
  }
}
