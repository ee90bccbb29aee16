import { ApiError, api } from '../base/api.ts';
import type { LiveEvent } from '../base/live.ts';
import { foldItem, hasBubble, merge } from './foldThread.ts';
import { Refresher } from './refresher.ts';
import type { BusinessItem, ContentView, MessageView, PageOf, ThreadItem } from './views.ts';

/** Messages that are loaded at once: some three screens. */
const pageSize = 50;

/** How long it waits before it asks once more, in milliseconds. */
const againMs = 1500;

/** Types of events that are about one message. */
const aboutMessage = /^(message|receipt)\./;

/**
 * The messages of a conversation, earliest first, with those that are on their way to the host. Events: `change`;
 * `arrived`, a `CustomEvent<ThreadItem>`, when the customer has written something new.
 */
export class Thread extends EventTarget {
  readonly id: string;
  state: 'loading' | 'ready' | 'failed' = 'loading';
  /** What went wrong, where something did. */
  error: unknown;
  #items: readonly ThreadItem[] = [];
  #next: string | undefined;
  #isAsking = false;
  /** Events of messages that are not known, while one of ours is on its way: they may be of that very one. */
  #unknown: string[] = [];
  #sendings = 0;
  readonly #refresher = new Refresher(ref => this.#fetch(ref));

  /** @param id the conversation's */
  constructor(id: string) {
    super();
    this.id = id;
  }

  /** The messages, earliest first. */
  get items(): readonly ThreadItem[] {
    return this.#items;
  }

  /** Whether earlier ones can be loaded. */
  get hasEarlier(): boolean {
    return this.#next !== undefined;
  }

  /** A message, if it is loaded. */
  find(ref: string | null | undefined): ThreadItem | undefined {
    return ref ? this.#items.find(item => item.ref === ref) : undefined;
  }

  /** Loads the newest; what is shown of earlier ones stays, where the two meet. */
  async load(): Promise<void> {
    try {
      const { items, next } = await this.#page();
      const oldest = items.at(-1);
      const meets = oldest !== undefined && this.find(oldest.ref) !== undefined;
      const kept = this.#items.filter(item => meets || isPending(item));
      if (!meets) this.#next = next;
      this.#items = merge(kept, items);
      this.state = 'ready';
      this.error = undefined;
    } catch (error) {
      this.error = error;
      if (this.state === 'loading') this.state = 'failed';
    }
    this.#tell();
  }

  /** Loads earlier ones, where there are any. */
  async earlier(): Promise<void> {
    if (this.#isAsking || this.#next === undefined) return;
    this.#isAsking = true;
    try {
      const { items, next } = await this.#page(this.#next);
      this.#next = next;
      this.#items = merge(items, this.#items);
    } catch (error) {
      this.error = error;
    } finally {
      this.#isAsking = false;
    }
    this.#tell();
  }

  /** Takes an event of the stream about this conversation. */
  apply(event: LiveEvent): void {
    if (!aboutMessage.test(event.type) || event.message === undefined) return;
    const known = this.find(event.message);
    if (known === undefined) {
      if (event.type === 'message.received' || this.#sendings === 0) this.#want(event);
      else this.#unknown.push(event.message);
      return;
    }
    const { item, isStale } = foldItem(known, event);
    if (item !== known) this.#put(item);
    if (isStale) this.#refresher.want(item.ref);
    else this.#refresher.touch(item.ref);
  }

  /**
   * Sends a message. It is shown at once, and again under the same key if no answer comes: the host sends it once.
   *
   * @param body as `POST /api/v1/conversations/{id}/messages` has it
   * @param content how it is shown until the host has it
   * @returns the code with which the host refused it; `unsure`: no answer came
   */
  send(body: unknown, content: ContentView): Promise<string | undefined> {
    const key = crypto.randomUUID();
    const message: MessageView = {
      ref: key,
      level: null,
      at: {},
      implied: [],
      failures: [],
      sending: 'queued',
    };
    return this.#ask({
      ref: key,
      side: 'business',
      at: new Date().toISOString(),
      content,
      sender: 'agent',
      ...(api.session?.agent !== undefined && { agent: api.session.agent }),
      message,
      pending: { key, state: 'sending', body },
    });
  }

  /** Asks again for a message that is not answered for. */
  async again(ref: string): Promise<string | undefined> {
    const item = this.find(ref);
    if (item === undefined || !isPending(item)) return undefined;
    return this.#ask({
      ...item,
      pending: { key: item.pending.key, body: item.pending.body, state: 'sending' },
    });
  }

  /** Takes a message away that the host has not got. */
  discard(ref: string): void {
    this.#items = this.#items.filter(item => item.ref !== ref || !isPending(item));
    this.#tell();
  }

  async #ask(item: PendingItem): Promise<string | undefined> {
    const { key, body } = item.pending;
    this.#put(item);
    this.#sendings += 1;
    try {
      const message = await this.#post(key, body);
      const { pending: _pending, ...sent } = item;
      const isThere = this.find(message.ref) !== undefined;
      this.#items = this.#items.filter(({ ref }) => ref !== key);
      if (!isThere) this.#put({ ...sent, ref: message.ref, message });
      // A fallback may have gone out instead, and events may have come while it was on its way.
      this.#refresher.want(message.ref);
      return undefined;
    } catch (error) {
      const isRefused = isRefusal(error);
      const code = isRefused ? error.code : 'unsure';
      const state = isRefused
        ? { state: 'refused' as const, reason: error.message }
        : { state: 'unsure' as const };
      this.#put({ ...item, pending: { key, body, code, ...state } });
      return code;
    } finally {
      this.#sendings -= 1;
      if (this.#sendings === 0) {
        for (const ref of this.#unknown) if (this.find(ref) === undefined) this.#refresher.want(ref);
        this.#unknown = [];
      }
    }
  }

  /** Asks once more by itself where no answer came: most often it was the connection, for a moment. */
  async #post(key: string, body: unknown): Promise<MessageView> {
    const ask = () => {
      const headers = { 'Idempotency-Key': key };
      return api.ask<MessageView>(`${this.#path}/messages`, { method: 'POST', body, headers });
    };
    try {
      return await ask();
    } catch (error) {
      if (isRefusal(error)) throw error;
      await new Promise(resolve => setTimeout(resolve, againMs));
      return ask();
    }
  }

  #want({ message: ref, type }: LiveEvent): void {
    if (ref === undefined) return;
    if (type === 'message.received' || type === 'message.added') this.#refresher.want(ref);
    // A tick of a message far above is no reason to load it; of one that is being loaded it may be the newer state.
    else this.#refresher.touch(ref);
  }

  async #fetch(ref: string): Promise<void> {
    const item = await api.ask<ThreadItem>(`${this.#path}/thread/${encodeURIComponent(ref)}`);
    const isNew = this.find(ref) === undefined;
    // It stands among those that somebody has yet to scroll up to.
    if (isNew && this.hasEarlier && item.at < (this.#items[0]?.at ?? '')) return;
    this.#put(item);
    if (!isNew || item.side === 'business') return;
    const concerned = item.content.reaction?.to ?? item.content.concerns;
    if (this.find(concerned) !== undefined) this.#refresher.want(concerned as string);
    if (hasBubble(item)) this.dispatchEvent(new CustomEvent('arrived', { detail: item }));
  }

  #page(after?: string): Promise<PageOf<ThreadItem>> {
    const query = new URLSearchParams({ limit: String(pageSize), ...(after !== undefined && { after }) });
    return this.#refresher.during(api.ask(`${this.#path}/thread?${query}`));
  }

  #put(item: ThreadItem): void {
    this.#items = merge(this.#items, [item]);
    this.#tell();
  }

  #tell(): void {
    this.dispatchEvent(new Event('change'));
  }

  get #path(): string {
    return `/api/v1/conversations/${encodeURIComponent(this.id)}`;
  }
}

/** Whether the host has said no, for good: whoever asks the same again is answered the same. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status < 500 && error.status !== 429;
}

type PendingItem = BusinessItem & Required<Pick<BusinessItem, 'pending'>>;

function isPending(item: ThreadItem): item is PendingItem {
  return item.side === 'business' && item.pending !== undefined;
}
