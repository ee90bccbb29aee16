import { randomBytes } from 'node:crypto';
import { statusError } from './cloudErrors.ts';
import { type Button, buttonMessage, buttonOf, type FileOptions, fileMessage } from './compose.ts';
import { userIdOf, type WireCustomer, type WireMessage } from './envelopes.ts';
import type { Arriving, PhoneEvent, PhoneMessage, PhoneParts, WriteOptions } from './phoneTypes.ts';
import { remember } from './recent.ts';

export type { Arriving, PhoneEvent, PhoneMessage, PhoneParts, Tick, WriteOptions } from './phoneTypes.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Screen = Writable<PhoneMessage> & { correlation?: string };

/** A new message id in Meta's form. Unlike real ones it holds no number; treat it as if it did. */
export function newMessageId(): string {
  return `wamid.HBgL${randomBytes(27).toString('base64')}`;
}

/** A customer's phone, showing the chat with one business number. */
export class Phone {
  readonly customer: string;
  readonly business: string;
  /** What happened, in order: what a person who holds the phone would tell. */
  readonly timeline: PhoneEvent[] = [];
  /** Whether opening the chat reports `read`. What a customer who turned this off sees is not modelled. */
  readReceipts = true;
  /** Whether the API can deliver to this number at all; if not, sends are refused (131026). */
  reachable = true;
  readonly #parts: PhoneParts;
  readonly #wire: WireCustomer;
  readonly #messages: Screen[] = [];
  #online = true;
  #isOpen = false;
  #stopTyping: (() => void) | undefined;

  constructor(parts: PhoneParts) {
    this.#parts = parts;
    this.customer = parts.customer;
    this.business = parts.business;
    const hidden = !/^\d+$/.test(parts.customer);
    const name = parts.name ?? 'Customer';
    this.#wire = hidden
      ? { userId: parts.customer, name }
      : { number: parts.customer, userId: userIdOf(parts.customer), name };
  }

  /** How webhooks name the customer. */
  get wire(): WireCustomer {
    return this.#wire;
  }

  /** The chat, earliest message first. */
  get messages(): readonly PhoneMessage[] {
    return this.#messages;
  }

  /** Whether "typing…" shows. */
  get typing(): boolean {
    return this.#stopTyping !== undefined;
  }

  /** Whether the chat is on the screen. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the phone has a connection. */
  get online(): boolean {
    return this.#online;
  }

  /** When the customer last wrote: the 24 hours run from it. */
  get lastWroteAt(): number | undefined {
    return this.#messages.findLast(({ from }) => from === 'customer')?.at;
  }

  /** Writes a text. */
  say(text: string, options: WriteOptions = {}): PhoneMessage {
    return this.send('text', { text: { body: text } }, { ...options, text });
  }

  /** Writes several texts, which arrive in one webhook. */
  sayMany(texts: readonly string[], options: WriteOptions = {}): PhoneMessage[] {
    const items = texts.map(text => this.#write('text', { text: { body: text } }, { ...options, text }));
    this.#webhook(items);
    return items.map(({ screen }) => screen);
  }

  /** Sends a file, which the API then has for download. */
  sendFile(
    type: FileOptions['type'],
    bytes: Uint8Array,
    options: WriteOptions & Omit<FileOptions, 'type' | 'id'>,
  ): PhoneMessage {
    const id = this.#parts.keepFile(bytes, options.contentType);
    const { parts, text } = fileMessage({ ...options, type, id });
    return this.send(type, parts, { ...options, ...(text === undefined ? {} : { text }) });
  }

  /**
   * Presses a button or a list row, which may be named by its title alone; of the latest message of the business
   * unless `replyTo` says otherwise.
   */
  press(button: Button | string, options: WriteOptions = {}): PhoneMessage {
    const { replyTo } = options;
    const of = this.#messages.findLast(({ from, id }) => from === 'business' && id === (replyTo ?? id));
    const pressed = buttonMessage(typeof button === 'string' ? buttonOf(of?.body, button) : button);
    const quotes = replyTo ?? of?.id;
    const { type, parts, text } = pressed;
    return this.send(type, parts, { ...options, text, ...(quotes === undefined ? {} : { replyTo: quotes }) });
  }

  /** Writes a message of any type: `parts` is what stands beside `type` in the webhook. */
  send(
    type: string,
    parts: Readonly<Record<string, unknown>>,
    options: WriteOptions & { readonly text?: string } = {},
  ): PhoneMessage {
    const item = this.#write(type, parts, options);
    this.#webhook([item]);
    return item.screen;
  }

  /** Reacts to a message; without an emoji, takes the reaction back. Answers the id of the notice. */
  react(messageId: string, emoji?: string): string {
    const reaction = { message_id: messageId, ...(emoji === undefined ? {} : { emoji }) };
    this.#happened('reaction', { messageId, ...(emoji === undefined ? {} : { text: emoji }) });
    return this.notify('reaction', { reaction });
  }

  /** Sends what is no message on the screen: a `system` notice, `request_welcome`, `revoke`. Answers its id. */
  notify(type: string, parts: Readonly<Record<string, unknown>>): string {
    const id = newMessageId();
    this.#parts.issued(this, id);
    this.#parts.sendMessages(this, [{ id, at: this.#now(), type, parts }], () => {});
    return id;
  }

  /** Puts the chat on the screen: what the business wrote is read. */
  open(): void {
    this.#isOpen = true;
    this.#happened('opened');
    this.#readAll();
  }

  /** Leaves the chat. */
  leave(): void {
    this.#isOpen = false;
    this.#happened('left');
  }

  /** Takes the phone off the network, or back on: what waited is delivered then. */
  setOnline(online: boolean): void {
    this.#online = online;
    this.#happened(online ? 'online' : 'offline');
    if (!online) return;
    for (const message of this.#messages) this.#deliver(message);
    if (this.#isOpen) this.#readAll();
  }

  /** Plays a voice message for the first time (`played`, META-STATUS). */
  play(messageId: string): void {
    const message = this.#messages.find(({ id, from }) => id === messageId && from === 'business');
    if (message !== undefined) this.#status(message, 'played');
  }

  /** Waits until `look` answers something; see {@link Waiting.for}. */
  waitFor<T>(look: (phone: Phone) => T | undefined | false, deadlineMs = 5000): Promise<T> {
    const seen = () => `the phone saw ${this.timeline.map(({ what }) => what).join(', ') || 'nothing'}`;
    return this.#parts.waiting.for(() => look(this), deadlineMs, seen);
  }

  /** The business marks a message read: earlier ones of the thread turn blue too (mark messages as read page). */
  markedRead(messageId: string, typing: boolean): void {
    // A notice has no place in the thread: -1, and nothing turns blue.
    const end = this.#messages.findLastIndex(({ id, from }) => id === messageId && from === 'customer') + 1;
    for (const message of this.#messages.slice(0, end)) {
      if (message.from !== 'customer' || message.tick === 'read') continue;
      this.#deliver(message);
      message.tick = 'read';
      message.readAt = this.#now();
      this.#happened('blue', message);
    }
    if (typing) this.#showTyping();
  }

  /** A message of the business arrives at the API; the answer makes it arrive on the phone. */
  accept({ failsWith, ...arriving }: Arriving): () => void {
    const message: Screen = { ...arriving, from: 'business', at: this.#now(), tick: 'sent' };
    if (failsWith !== undefined) {
      return () => this.#status(message, 'failed', [statusError(failsWith)]);
    }
    this.#endTyping();
    this.#insert(message);
    this.#happened('business', message);
    return () => {
      this.#status(message, 'sent');
      const atOnce = this.#isOpen && this.readReceipts && !this.#parts.deliveredBeforeRead;
      if (!atOnce) this.#deliver(message);
      if (this.#isOpen) this.#readAll();
    };
  }

  /** What the phone's screen shows, for people and for the web page. */
  toJSON(): object {
    const { customer, business, typing, online, isOpen, readReceipts, timeline } = this;
    return {
      customer,
      business,
      typing,
      online,
      open: isOpen,
      readReceipts,
      messages: this.messages,
      timeline,
    };
  }

  #now(): number {
    return this.#parts.clock.now();
  }

  #happened(
    what: PhoneEvent['what'],
    message: { id?: string; messageId?: string; text?: string } = {},
  ): void {
    const messageId = message.id ?? message.messageId;
    const { text } = message;
    const event: PhoneEvent = {
      at: this.#now(),
      what,
      ...(messageId === undefined ? {} : { messageId }),
      ...(text === undefined ? {} : { text }),
    };
    remember(this.timeline, event);
    this.#parts.happened(this, event);
    this.#parts.waiting.changed();
  }

  #write(
    type: string,
    parts: Readonly<Record<string, unknown>>,
    { at = this.#now(), replyTo, text }: WriteOptions & { readonly text?: string },
  ): { screen: Screen; wire: WireMessage } {
    const id = newMessageId();
    const context = replyTo === undefined ? {} : { context: { id: replyTo } };
    const body = { ...parts, ...context };
    const screen: Screen = { id, from: 'customer', type, at, tick: 'sent', body };
    if (text !== undefined) screen.text = text;
    this.#insert(screen);
    this.#parts.issued(this, id);
    this.#happened('customer', screen);
    return { screen, wire: { id, at, type, parts: body } };
  }

  /** Keeps the thread in the order of its times; of equal ones, in the order of arrival. */
  #insert(message: Screen): void {
    const index = this.#messages.findLastIndex(({ at }) => at <= message.at);
    this.#messages.splice(index + 1, 0, message);
  }

  #webhook(items: readonly { screen: Screen; wire: WireMessage }[]): void {
    // When the second grey tick shows is not documented; here it does when the business took the webhook.
    const accepted = () => {
      for (const { screen } of items) this.#deliver(screen);
    };
    this.#parts.sendMessages(
      this,
      items.map(({ wire }) => wire),
      accepted,
    );
  }

  #deliver(message: Screen): void {
    if (message.tick !== 'sent') return;
    if (message.from === 'business' && !this.#online) return;
    message.tick = 'delivered';
    message.deliveredAt = this.#now();
    if (message.from === 'business') this.#status(message, 'delivered');
    else this.#happened('delivered', message);
  }

  #readAll(): void {
    if (!this.readReceipts || !this.#online) return;
    for (const message of this.#messages) {
      if (message.from !== 'business' || message.tick === 'read') continue;
      message.tick = 'read';
      message.readAt = this.#now();
      this.#status(message, 'read');
    }
  }

  #status(message: Screen, status: string, errors?: readonly object[]): void {
    this.#parts.sendStatus(this, {
      id: message.id,
      status,
      at: this.#now(),
      ...(message.correlation === undefined ? {} : { correlation: message.correlation }),
      ...(errors === undefined ? {} : { errors }),
    });
  }

  /** Shows typing for as long as Meta does; again: from now on (that a repeat prolongs it is not documented). */
  #showTyping(): void {
    const alreadyShown = this.typing;
    this.#stopTyping?.();
    this.#stopTyping = this.#parts.timers.after(this.#parts.typingMs, () => this.#endTyping());
    if (!alreadyShown) this.#happened('typing');
  }

  #endTyping(): void {
    if (this.#stopTyping === undefined) return;
    this.#stopTyping();
    this.#stopTyping = undefined;
    this.#happened('typingEnd');
  }
}
