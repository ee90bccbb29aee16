import type { Witness } from './collect.ts';
import { Customer } from './customer.ts';
import type { Business, World } from './world.ts';

/** How long everything that is owed may take to come to rest: through restarts, on a busy machine. */
const settleMs = 60_000;

interface Items<T> {
  readonly items?: readonly T[];
}

/** Where customers play something, and where it is seen when nothing is owed to them any more. */
export class Stage {
  readonly #world: World;
  readonly #customers: Customer[] = [];
  readonly #outcomes = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A customer nobody has heard of before. */
  newCustomer(business: Business): Customer {
    const customer = new Customer(this.#world.newPhone(business), this.#world);
    this.#customers.push(customer);
    return customer;
  }

  /** Waits until every customer has had an answer to everything, and nothing is owed any more. */
  async served(): Promise<void> {
    await Promise.all(this.#customers.map(customer => customer.answered()));
    await this.settled();
  }

  /** Waits until agents hold the customer's conversation. */
  async handedOff({ owed }: Customer): Promise<void> {
    const isQueued = async () => {
      const found = (await this.#conversations()).find(({ receipts }) =>
        receipts.some(({ messageId }) => owed.has(messageId)),
      );
      return found?.holder === 'queue' || undefined;
    };
    await this.#world.until(isQueued, settleMs, () => 'agents hold the conversation');
  }

  /**
   * Waits until every webhook is taken, every receipt has ended, but those that are to be held, and the host has nothing
   * to do.
   */
  async settled(): Promise<void> {
    await this.#world.simulator.idle(settleMs);
    this.#outcomes.clear();
    await this.#world.until(
      () => this.#ended(),
      settleMs,
      () => `nothing to do, ${this.#world.host.state.unrest} lanes`,
    );
  }

  /** What the checker is to judge. */
  witnesses(facts: Pick<Witness, 'name' | 'kills' | 'faults'>): readonly Witness[] {
    return this.#customers.map(customer => ({ ...facts, customer, outcomes: this.#outcomes }));
  }

  async #ended(): Promise<true | undefined> {
    if (this.#world.host.state.unrest > 0) return undefined;
    for (const { receipts } of await this.#conversations()) {
      for (const { messageId, outcome } of receipts) this.#outcomes.set(messageId, outcome);
    }
    const owed = this.#customers.flatMap(customer => [...customer.owed]);
    const hasEnded = ([id, { receipt }]: (typeof owed)[number]) => {
      const outcome = this.#outcomes.get(id);
      return outcome !== undefined && outcome !== 'scheduled' && (outcome !== 'held' || receipt === 'held');
    };
    return owed.every(hasEnded) || undefined;
  }

  /** The latest conversations with their receipts, by the API: as many as have customers here, and some more. */
  async #conversations() {
    const limit = this.#customers.length + 2;
    const page = await this.#world.ask<Items<{ id: string; holder: string }>>(
      `/conversations?limit=${limit}`,
    );
    const found = page?.items ?? [];
    return Promise.all(
      found.map(async ({ id, holder }) => {
        const path = `/conversations/${id}/receipts`;
        const list = await this.#world.ask<Items<{ messageId: string; outcome: string }>>(path);
        return { holder, receipts: list?.items ?? [] };
      }),
    );
  }
}
