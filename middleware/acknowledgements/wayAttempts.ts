import { createHash } from 'node:crypto';
import { describeError, isBluetickError, ProviderError } from '../errors.ts';
import type { ClaimedEscalation, Clock, EscalationTry, EscalationWay, Logger, Scheduler } from '../ports.ts';
import { callWithin } from '../timing/callWithin.ts';
import type { Left } from '../timing/countDown.ts';
import { pause } from '../timing/pause.ts';
import { retryDelay } from '../timing/retryDelay.ts';
import { contentText, isPhoneNumber } from './contentText.ts';
import type { EscalationCall, EscalationWays } from './ways/way.ts';

/** Calls of one way, the first included: what fails more often is left to the next way. */
const mostCalls = 3;
/** Of calls that may each reach the customer anew, those that may end without an answer: two calls at most, not three. */
const mostUnanswered = 2;
/** How long one call of a way may take. */
export const callLimitMs = 8000;

/** What the attempts need. */
export interface AttemptParts {
  readonly ways: EscalationWays;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly random: () => number;
  readonly stopping: AbortSignal;
}

/** An escalation that is carried out. */
export interface EscalationAttempted extends ClaimedEscalation {
  /** What the log says of its message. */
  readonly about: object;
}

/** Another process has taken over an escalation: it is that one's to carry out. */
export class EscalationLost extends Error {
  override readonly name = 'EscalationLost';

  constructor() {
    super('Another process has taken over the escalation');
  }
}

/** The attempts to carry out one escalation, way after way. */
export class WayAttempts {
  readonly tries: EscalationTry[] = [];
  readonly #parts: AttemptParts;
  readonly #escalation: EscalationAttempted;
  readonly #isOurs: () => Promise<boolean>;
  /** Calls that the customer may have been reached by: they went well, or ended without an answer. */
  #reached = 0;

  /** @param isOurs whether no other process has taken it over; asked before each call */
  constructor(parts: AttemptParts, escalation: EscalationAttempted, isOurs: () => Promise<boolean>) {
    this.#parts = parts;
    this.#escalation = escalation;
    this.#isOurs = isOurs;
  }

  /** Whether the customer may have been reached twice. */
  get possiblyDoubled(): boolean {
    return this.#reached > 1;
  }

  /** Whether a call that was made here may have reached the customer. */
  get mayHaveReached(): boolean {
    return this.#reached > 0;
  }

  /**
   * Tries one way, again after a pause where it fails for now; answers whether it worked.
   *
   * @param left how long it may still take
   * @throws the reason of the stop, where one comes between two calls; EscalationLost
   */
  async try(way: EscalationWay, left: Left): Promise<boolean> {
    const at = this.#parts.clock.now();
    const result = await this.#make(way, left);
    this.tries.push({ way: way.type, at, ...result });
    return 'id' in result;
  }

  async #make(way: EscalationWay, left: Left): Promise<{ id: string } | { failure: string }> {
    const { ways, scheduler, stopping, random } = this.#parts;
    const out = ways.get(way.type);
    if (out === undefined) return { failure: 'not_configured' };
    const call = callOf(way, this.#escalation, this.tries.length);
    // A worker that died may have made this very call.
    let interrupted = this.#escalation.possiblyDoubled;
    let unanswered = interrupted ? 1 : 0;
    let reached = 0;
    const countReached = () => {
      // Calls under one key act once where the way is idempotent.
      if (reached === 0 || !out.idempotent) this.#reached += 1;
      reached += 1;
    };
    for (let calls = 1; ; calls += 1) {
      if (!(await this.#isOurs())) throw new EscalationLost();
      try {
        const limitMs = Math.min(callLimitMs, left());
        const send = (signal: AbortSignal) => out.send({ ...call, interrupted }, signal);
        const { id } = await callWithin(scheduler, limitMs, send);
        countReached();
        return { id };
      } catch (error) {
        if (error instanceof ProviderError && error.ambiguous) {
          interrupted = true;
          unanswered += 1;
          countReached();
          if (!out.idempotent && unanswered >= mostUnanswered) return { failure: this.#codeOf(error) };
        }
        const waitMs = waitAfter(error, calls, random());
        if (waitMs === undefined || waitMs >= left()) return { failure: this.#codeOf(error) };
        await pause(scheduler, waitMs, { signal: stopping });
        // The machine slept: the claim may have ended.
        if (left() === 0) return { failure: this.#codeOf(error) };
      }
    }
  }

  #codeOf(error: unknown): string {
    if (error instanceof ProviderError) return error.providerCode;
    if (isBluetickError(error)) return error.code;
    this.#parts.log.error(
      { ...this.#escalation.about, ...describeError(error) },
      'A way out failed unexpectedly',
    );
    return 'internal';
  }
}

/** How long to wait before a call is made again; `undefined`: it is not. */
function waitAfter(error: unknown, calls: number, jitter: number): number | undefined {
  if (!(error instanceof ProviderError) || !error.retryable) return undefined;
  return calls < mostCalls && calls <= error.retries ? retryDelay(error, calls, jitter) : undefined;
}

/** What a way is asked to do. What a way needs and the call does not have, the way says itself. */
function callOf(way: EscalationWay, { key, dueAt, entry }: ClaimedEscalation, place: number): EscalationCall {
  const { ref: message, conversation } = entry;
  const about = {
    key: keyOf(key, place),
    // Its time, not when a worker came to it: the same for whoever takes it over.
    createdAt: dueAt,
    message,
    conversation: conversation.id,
    channel: conversation.channel,
  };
  if (way.type === 'hook') return { ...about, url: way.url };
  const { customer } = conversation;
  const to = way.to?.replace(/^\+/, '') ?? (isPhoneNumber(customer) ? customer : undefined);
  // Where a template went out in the place of a text, the text is what there was to say.
  const text = way.text ?? contentText(entry.content) ?? contentText(entry.insteadOf);
  const language = way.type === 'voice' ? way.language : undefined;
  return {
    ...about,
    ...(to !== undefined && { to }),
    ...(text !== undefined && { text }),
    ...(language !== undefined && { language }),
  };
}

/** A UUID for one way of an escalation, the same whoever works it out: RFC 9562, 5.8. */
function keyOf(key: string, place: number): string {
  const hex = createHash('sha256').update(`${key}/${place}`).digest('hex');
  const [a, b, c, d, e] = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(13, 16),
    hex.slice(17, 20),
    hex.slice(20, 32),
  ];
  return `${a}-${b}-8${c}-8${d}-${e}`;
}
