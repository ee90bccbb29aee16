import type { Witness } from './collect.ts';
import { Customer } from './customer.ts';
import type { Business, Place } from './place.ts';

/** How long everything that is owed may take to come to rest: through restarts, on a busy machine. */
const settleMs = 150_000;

interface Items<T> {
  readonly items?: readonly T[];
}

interface ConversationView {
  readonly id: string;
  readonly business: string;
  readonly holder: string;
  readonly customer: { readonly masked: string };
}

interface ReceiptView {
  readonly messageId: string;
  readonly outcome: string;
}

/** Where customers play something, and where it is seen when nothing is owed to them any more. */
export class Stage {
  readonly #place: Place;
  readonly #customers: Customer[] = [];
  readonly #outcomes = new Map<string, string>();
  /** The ids of conversations that have been found. */
  readonly #ids = new Map<Customer, string>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** A customer nobody has heard of before. */
  newCustomer(business: Business): Customer {
    const customer = new Customer(this.#place.newPhone(business), this.#place);
    this.#customers.push(customer);
    return customer;
  }

  /** Waits until every customer has had an answer to everything, and nothing is owed any more. */
  async served(): Promise<void> {
    await Promise.all(this.#customers.map(customer => customer.answered()));
    await this.settled();
  }

  /** Waits until agents hold the customer's conversation. */
  async handedOff(customer: Customer): Promise<void> {
    const id = await this.#idOf(customer);
    const isQueued = async () => {
      const view = await this.#place.ask<ConversationView>(`/conversations/${id}`);
      return view?.holder === 'queue' || undefined;
    };
    await this.#place.until(isQueued, settleMs, () => 'agents hold the conversation');
  }

  /** Waits until everything that the customer wrote is in the store. */
  async admitted(customer: Customer): Promise<void> {
    const isThere = async () => {
      const receipts = await this.#receiptsOf(customer);
      const ids = new Set(receipts.map(({ messageId }) => messageId));
      return [...customer.owed.keys()].every(id => ids.has(id)) || undefined;
    };
    await this.#place.until(isThere, settleMs, () => 'every message is there');
  }

  /** An agent does something in the customer's conversation. */
  async agent(customer: Customer, event: 'accepted' | 'opened' | 'closed'): Promise<void> {
    await this.#place.tell(`/conversations/${await this.#idOf(customer)}/agent-events`, { event });
  }

  /** A program sends a message, and has it go out as a text message where the customer does not read it within a second. */
  async send(customer: Customer, text: string): Promise<void> {
    const escalate = { unless: 'read', afterMs: 1000, via: [{ type: 'sms' }] };
    const path = `/conversations/${await this.#idOf(customer)}/messages`;
    const { ref } = await this.#place.tell<{ ref: string }>(
      path,
      { text, escalate },
      `ready-${customer.phone.customer}`,
    );
    customer.sent.push({ ref, text, escalates: true });
  }

  /** Waits until what programs sent went out another way, or need not. */
  async escalated(): Promise<void> {
    const refs = this.#customers.flatMap(({ sent }) => sent.map(({ ref }) => ref));
    const open = new Set(refs);
    const allEnded = async () => {
      for (const ref of open) {
        const message = await this.#place.ask<{ escalation?: { state: string } }>(`/messages/${ref}`);
        if (['escalated', 'cancelled'].includes(String(message?.escalation?.state))) open.delete(ref);
      }
      return open.size === 0 || undefined;
    };
    await this.#place.until(allEnded, settleMs, () => `${open.size} escalations end`);
  }

  /**
   * Waits until every webhook is taken, every receipt has ended, but those that are to be held, and the host has nothing
   * to do.
   */
  async settled(): Promise<void> {
    await this.#place.simulator.idle(settleMs);
    this.#outcomes.clear();
    await this.#place.until(
      () => this.#ended(),
      settleMs,
      () => `nothing to do, ${this.#place.state.unrest} lanes`,
    );
  }

  /** What the checker is to judge. */
  witnesses(facts: Pick<Witness, 'name' | 'kills' | 'faults'>): readonly Witness[] {
    return this.#customers.map(customer => ({ ...facts, customer, outcomes: this.#outcomes }));
  }

  async #ended(): Promise<true | undefined> {
    if ((await this.#place.look()).unrest > 0) return undefined;
    for (const customer of this.#customers) {
      const receipts = await this.#receiptsOf(customer);
      for (const { messageId, outcome } of receipts) this.#outcomes.set(messageId, outcome);
    }
    const owed = this.#customers.flatMap(customer => [...customer.owed]);
    const hasEnded = ([id, { receipt }]: (typeof owed)[number]) => {
      const outcome = this.#outcomes.get(id);
      return outcome !== undefined && outcome !== 'scheduled' && (outcome !== 'held' || receipt === 'held');
    };
    return owed.every(hasEnded) || undefined;
  }

  /** The receipts of the customer's conversation, by the API; none where it is not there yet. */
  async #receiptsOf(customer: Customer): Promise<readonly ReceiptView[]> {
    const id = await this.#find(customer);
    return id === undefined ? [] : this.#receiptsIn(id);
  }

  async #receiptsIn(id: string): Promise<readonly ReceiptView[]> {
    const list = await this.#place.ask<Items<ReceiptView>>(`/conversations/${id}/receipts`);
    return list?.items ?? [];
  }

  #idOf(customer: Customer): Promise<string> {
    return this.#place.until(
      () => this.#find(customer),
      settleMs,
      () => 'the conversation is there',
    );
  }

  /** The id of the customer's conversation, among the latest of all. The API tells the end of the number, and the receipts the rest. */
  async #find(customer: Customer): Promise<string | undefined> {
    const known = this.#ids.get(customer);
    if (known !== undefined) return known;
    const { phone, owed } = customer;
    const page = await this.#place.ask<Items<ConversationView>>('/conversations?limit=100');
    for (const { id, business, customer: shown } of page?.items ?? []) {
      if (business !== phone.business || !shown.masked.endsWith(phone.customer.slice(-2))) continue;
      const receipts = await this.#receiptsIn(id);
      if (!receipts.some(({ messageId }) => owed.has(messageId))) continue;
      this.#ids.set(customer, id);
      return id;
    }
    return undefined;
  }
}
