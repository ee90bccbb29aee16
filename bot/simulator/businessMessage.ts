import { createHash } from 'node:crypto';
import { statusError } from './cloudErrors.ts';
import type { WireStatus } from './envelopes.ts';
import type { Arriving } from './phoneTypes.ts';
import type { StatusPlan } from './statusPlan.ts';
import type { Screen } from './thread.ts';

/** What a message of the business works with. */
export interface BusinessMessageParts {
  readonly now: () => number;
  /** Sends a webhook with one status; resolves when it has been tried once. */
  readonly send: (status: WireStatus, lateMs: number) => Promise<void>;
}

/**
 * A message of the business on its way to the phone and on it, and what is reported of it: as it happens, or as a plan has
 * it. Each step resolves when its statuses have been tried once; those that are held count as tried.
 */
export class BusinessMessage {
  readonly screen: Screen;
  readonly #parts: BusinessMessageParts;
  readonly #plan: StatusPlan;
  readonly #correlation: string | undefined;
  #held: WireStatus[] | undefined;
  #isPlayed = false;

  constructor({ plan, correlation, ...arriving }: Arriving, parts: BusinessMessageParts) {
    this.screen = { ...arriving, from: 'business', at: parts.now(), tick: 'sent' };
    this.#parts = parts;
    this.#plan = plan;
    this.#correlation = plan.correlation ? correlation : undefined;
    if (plan.order !== 'happened') this.#held = [];
  }

  /** Whether the phone gets it. */
  get arrives(): boolean {
    const { fails } = this.#plan;
    return fails === undefined || fails.after === 'delivered';
  }

  /** Whether its first statuses go out before the call that sends it is answered. */
  get isEarly(): boolean {
    return this.#plan.early;
  }

  /** The API has taken it. */
  async sent(): Promise<void> {
    const { also, fails } = this.#plan;
    const told = fails?.after === 'accepted' ? [] : ['sent', ...also].map(word => this.#report(word));
    await Promise.all([...told, ...(this.arrives ? [] : [this.#fail()])]);
  }

  /** The phone has it. */
  async deliver(): Promise<void> {
    if (this.screen.tick !== 'sent') return;
    this.screen.tick = 'delivered';
    this.screen.deliveredAt = this.#parts.now();
    await Promise.all([this.#report('delivered'), this.#fail('delivered')]);
  }

  /** The customer has it on the screen. */
  async read(): Promise<void> {
    if (this.screen.tick === 'read') return;
    this.screen.tick = 'read';
    this.screen.readAt = this.#parts.now();
    await this.#report('read');
  }

  /** The customer plays a voice message: only the first time is reported (META-STATUS). */
  async play(): Promise<void> {
    if (this.#isPlayed || this.screen.type !== 'audio') return;
    this.#isPlayed = true;
    await this.#report('played');
  }

  /** Sends what a plan has held, in its order; from now on statuses go out as they happen. */
  async release(): Promise<void> {
    const held = this.#held ?? [];
    this.#held = undefined;
    const { order, seed, copies } = this.#plan;
    if (order === 'shuffled') return this.#send(shuffled(copied(held, copies), seed));
    return this.#send(copied(order === 'reversed' ? held.reverse() : held, copies));
  }

  /** Whether it fails now is the plan's. */
  async #fail(after = this.#plan.fails?.after): Promise<void> {
    const { fails } = this.#plan;
    if (fails === undefined || fails.after !== after) return;
    await this.#report('failed', [statusError(fails.code, fails.details)]);
  }

  async #report(word: string, errors?: readonly object[]): Promise<void> {
    const { without, copies } = this.#plan;
    const status: WireStatus = {
      id: this.screen.id,
      status: word,
      at: this.#parts.now(),
      ...(this.#correlation !== undefined && { correlation: this.#correlation }),
      ...(errors !== undefined && { errors }),
    };
    const told = without === 'all' || without.includes(word) ? [] : [status];
    if (this.#held === undefined) return this.#send(copied(told, copies));
    this.#held.push(...told);
    if (word === 'read' || word === 'failed') await this.release();
  }

  async #send(statuses: readonly WireStatus[]): Promise<void> {
    await Promise.all(statuses.map(status => this.#parts.send(status, this.#plan.lateMs)));
  }
}

function copied<T>(items: readonly T[], times: number): T[] {
  return items.flatMap(item => Array.from({ length: times }, () => item));
}

/** An order that the seed decides, and nothing else. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const placeOf = (index: number) => createHash('sha256').update(`${seed}/${index}`).digest('hex');
  return items
    .map((item, index) => ({ item, place: placeOf(index) }))
    .sort((one, other) => (one.place < other.place ? -1 : 1))
    .map(({ item }) => item);
}
