import { api } from '../base/api.ts';
import type { LiveEvent } from '../base/live.ts';
import { foldConversation, type ListFilter, passes, queryOf } from './foldList.ts';
import { Refresher } from './refresher.ts';
import type { ConversationView, PageOf } from './views.ts';

/** Conversations that are asked for at once: some ten screens, and no more than a frame has time to read. The most of a page. */
const pageSize = 100;
const largestPage = 500;

/**
 * The conversations as the list shows them: the one with the customer's latest message first. More come as somebody
 * scrolls down. Event: `change`.
 */
export class ConversationList extends EventTarget {
  filter: ListFilter = { holder: 'all', unread: false };
  /** What the list waits for, or why it is empty. */
  state: 'loading' | 'ready' | 'failed' = 'loading';
  /** What went wrong, where something did. */
  error: unknown;
  readonly #views = new Map<string, ConversationView>();
  #order: readonly string[] = [];
  #shown: readonly ConversationView[] | undefined;
  #next: string | undefined;
  #isAsking = false;
  #kept: string | undefined;
  #round = 0;
  /** Those of which an event told that they may stand elsewhere now: in the list, or at its top. */
  readonly #moved = new Set<string>();
  readonly #refresher = new Refresher(id => this.#refresh(id));

  /** What is shown, in order. The one that is open stays, though it may not pass the filter any more: nothing jumps. */
  get shown(): readonly ConversationView[] {
    this.#shown ??= this.#order
      .map(id => this.#views.get(id) as ConversationView)
      .filter(view => view.id === this.#kept || passes(view, this.filter, api.session?.agent));
    return this.#shown;
  }

  /** Whether there are more than are loaded. */
  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  /** A conversation, also one that the filter hides. */
  get(id: string): ConversationView | undefined {
    return this.#views.get(id);
  }

  /** Names of agents who hold conversations: whom one may be handed to. */
  get colleagues(): readonly string[] {
    const names = [...this.#views.values()].flatMap(({ agent }) => (agent === undefined ? [] : [agent]));
    return [...new Set(names)].sort();
  }

  /** Loads from the top as many as there are; what is shown stays until they are there, and nobody loses their place. */
  async load(): Promise<void> {
    const count = Math.max(this.#order.length, pageSize);
    await this.#ask(async isCurrent => {
      const found: ConversationView[] = [];
      let next: string | undefined;
      do {
        const page = await this.#page(Math.min(count - found.length, largestPage), next);
        found.push(...page.items);
        next = page.next;
      } while (next !== undefined && found.length < count && isCurrent());
      if (isCurrent()) this.#take([], found, next);
    });
  }

  /** Loads the next ones, where there are more. */
  async more(): Promise<void> {
    if (this.#next === undefined || this.#isAsking || this.error !== undefined) return;
    await this.#ask(async isCurrent => {
      const { items, next } = await this.#page(pageSize, this.#next);
      if (isCurrent()) this.#take(this.#order, items, next);
    });
  }

  /** Forgets all: somebody else may sign in. */
  clear(): void {
    this.#round += 1;
    this.#isAsking = false;
    this.#views.clear();
    this.#order = [];
    this.#next = undefined;
    this.#moved.clear();
    this.filter = { holder: 'all', unread: false };
    this.state = 'loading';
    this.#tell();
  }

  /** Shows others. */
  async choose(filter: ListFilter): Promise<void> {
    this.filter = filter;
    this.#order = [];
    this.#next = undefined;
    this.#kept = undefined;
    this.state = 'loading';
    this.#tell();
    await this.load();
  }

  /** Makes sure that a conversation is known, and keeps it in the list while it is open. */
  open(id: string | undefined): void {
    if (this.#kept === id) return;
    this.#kept = id;
    this.#tell();
    if (id !== undefined && !this.#views.has(id)) this.refresh(id);
  }

  /** Asks for a conversation anew. */
  refresh(id: string): void {
    this.#refresher.want(id);
  }

  /** Takes what the API answered about a conversation. */
  put(view: ConversationView): void {
    // What an agent's event answers has no latest message: the one that is known stays.
    const known = this.#views.get(view.id);
    this.#views.set(view.id, known?.latest && !view.latest ? { ...view, latest: known.latest } : view);
    this.#tell();
  }

  /** Takes an event of the stream. */
  apply(event: LiveEvent): void {
    const { conversation: id, type } = event;
    if (id === undefined || type === 'typing') return;
    const known = this.#views.get(id);
    const moves = type === 'message.received' || type === 'conversation.changed';
    if (moves) this.#moved.add(id);
    if (known === undefined) {
      if (moves) this.refresh(id);
      return;
    }
    const { view, isStale } = foldConversation(known, event);
    this.#views.set(id, view);
    if (isStale || (moves && !this.#order.includes(id))) this.refresh(id);
    else if (view !== known) this.#refresher.touch(id);
    if (type === 'message.received' && this.#order.includes(id)) this.#raise(id);
    if (view !== known) this.#tell();
  }

  /** Whoever asks later wins: what an earlier one is answered is left. */
  async #ask(act: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    const isCurrent = () => round === this.#round;
    this.#isAsking = true;
    try {
      await act(isCurrent);
    } catch (error) {
      if (!isCurrent()) return;
      this.error = error;
      if (this.#order.length === 0) this.state = 'failed';
    }
    if (!isCurrent()) return;
    this.#isAsking = false;
    this.#tell();
  }

  #page(limit: number, after: string | undefined): Promise<PageOf<ConversationView>> {
    const query = new URLSearchParams({ limit: String(limit), ...queryOf(this.filter) });
    if (after !== undefined) query.set('after', after);
    return this.#refresher.during(api.ask(`/api/v1/conversations?${query}`));
  }

  #take(before: readonly string[], found: readonly ConversationView[], next: string | undefined): void {
    for (const view of found) this.#views.set(view.id, view);
    this.#order = [...new Set([...before, ...found.map(({ id }) => id)])];
    this.#next = next;
    this.error = undefined;
    this.state = 'ready';
  }

  async #refresh(id: string): Promise<void> {
    this.put(await api.ask<ConversationView>(`/api/v1/conversations/${encodeURIComponent(id)}`));
    const hasMovedIn = this.#moved.delete(id) && !this.#order.includes(id);
    if (hasMovedIn && passes(this.get(id) as ConversationView, this.filter, api.session?.agent))
      this.#raise(id);
    this.#tell();
  }

  #raise(id: string): void {
    if (this.#order[0] !== id) this.#order = [id, ...this.#order.filter(each => each !== id)];
  }

  #tell(): void {
    this.#shown = undefined;
    this.dispatchEvent(new Event('change'));
  }
}
