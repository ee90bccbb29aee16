import { randomBytes } from 'node:crypto';
import { type Button, buttonMessage, buttonOf, type FileOptions, fileMessage } from './compose.ts';
import { userIdOf, type WireCustomer, type WireMessage } from './envelopes.ts';
import type { PhoneEvent, PhoneMessage } from './phoneScreen.ts';
import type { PhoneParts, WriteOptions } from './phoneTypes.ts';
import { remember } from './recent.ts';
import { type Screen, Thread } from './thread.ts';

/** A new message id in Meta's form. Unlike real ones it holds no number; treat it as if it did. */
export function newMessageId(): string {
  return `wamid.HBgL${randomBytes(27).toString('base64')}`;
}

/** The chat of a customer with one business number: what the customer writes, and what happened. */
export class Chat {
  readonly customer: string;
  readonly business: string;
  /** What happened, in order: what a person who holds the phone would tell. */
  readonly timeline: PhoneEvent[] = [];
  /** How webhooks name the customer. */
  readonly wire: WireCustomer;
  protected readonly parts: PhoneParts;
  protected readonly thread = new Thread();

  constructor(parts: PhoneParts) {
    const { customer, business, name = 'Customer' } = parts;
    this.parts = parts;
    this.customer = customer;
    this.business = business;
    const isHidden = !/^\d+$/.test(customer);
    this.wire = isHidden
      ? { userId: customer, name }
      : { number: customer, userId: userIdOf(customer), name };
  }

  /** The chat, earliest message first. */
  get messages(): readonly PhoneMessage[] {
    return this.thread.messages;
  }

  /** When the customer last wrote: the 24 hours run from it. */
  get lastWroteAt(): number | undefined {
    return this.thread.latest('customer')?.at;
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
    const id = this.parts.keepFile(bytes, options.contentType);
    const { parts, text } = fileMessage({ ...options, type, id });
    return this.send(type, parts, { ...options, ...(text === undefined ? {} : { text }) });
  }

  /**
   * Presses a button or a list row, which may be named by its title alone; of the latest message of the business
   * unless `replyTo` says otherwise.
   */
  press(button: Button | string, options: WriteOptions = {}): PhoneMessage {
    const { replyTo } = options;
    const of = this.thread.latest('business', replyTo);
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
    const shown = this.thread.find(messageId);
    if (emoji !== undefined && shown !== undefined) shown.reaction = emoji;
    else delete shown?.reaction;
    const reaction = { message_id: messageId, ...(emoji === undefined ? {} : { emoji }) };
    this.happened('reaction', { messageId, ...(emoji === undefined ? {} : { text: emoji }) });
    return this.notify('reaction', { reaction });
  }

  /**
   * Deletes one of the customer's messages for both sides. Answers the id of the notice that tells the business, or
   * `undefined` where there is no such message, or the business is not told.
   */
  revoke(messageId: string): string | undefined {
    const shown = this.thread.find(messageId);
    if (shown?.from !== 'customer' || shown.revokedAt !== undefined) return undefined;
    shown.revokedAt = this.now();
    shown.body = {};
    delete shown.text;
    delete shown.reaction;
    this.happened('revoked', { messageId });
    const revoke = { original_message_id: messageId };
    return this.parts.tellsRevokes ? this.notify('revoke', { revoke }) : undefined;
  }

  /** Sends what is no message on the screen: a `system` notice, `request_welcome`, `revoke`. Answers its id. */
  notify(type: string, parts: Readonly<Record<string, unknown>>): string {
    const id = newMessageId();
    this.parts.issued(id);
    const at = this.now();
    this.whenConnected(() => this.parts.sendMessages([{ id, at, type, parts }], () => {}));
    return id;
  }

  /** Whether what is written goes out. */
  protected get isConnected(): boolean {
    return true;
  }

  /** Does what needs the network, now or once it is there again. */
  protected whenConnected(task: () => void): void {
    task();
  }

  protected now(): number {
    return this.parts.clock.now();
  }

  protected happened(
    what: PhoneEvent['what'],
    message: { id?: string; messageId?: string; text?: string } = {},
  ): void {
    const messageId = message.id ?? message.messageId;
    const { text } = message;
    const event: PhoneEvent = {
      at: this.now(),
      what,
      ...(messageId === undefined ? {} : { messageId }),
      ...(text === undefined ? {} : { text }),
    };
    remember(this.timeline, event);
    this.parts.happened(event);
    this.parts.waiting.changed();
  }

  #write(
    type: string,
    parts: Readonly<Record<string, unknown>>,
    { at = this.now(), replyTo, text }: WriteOptions & { readonly text?: string },
  ): { screen: Screen; wire: WireMessage } {
    const id = newMessageId();
    const context = replyTo === undefined ? {} : { context: { id: replyTo } };
    const body = { ...parts, ...context };
    const tick = this.isConnected ? 'sent' : 'waiting';
    const screen: Screen = { id, from: 'customer', type, at, tick, body };
    if (text !== undefined) screen.text = text;
    this.thread.add(screen);
    this.parts.issued(id);
    this.happened('customer', screen);
    return { screen, wire: { id, at, type, parts: body } };
  }

  #webhook(items: readonly { screen: Screen; wire: WireMessage }[]): void {
    // When the second grey tick shows is not documented; here it does when the business took the webhook.
    const accepted = () =>
      this.whenConnected(() => {
        for (const { screen } of items) this.tookOver(screen);
      });
    const wires = items.map(({ wire }) => wire);
    this.whenConnected(() => {
      for (const { screen } of items) this.#goesOut(screen);
      this.parts.sendMessages(wires, accepted);
    });
  }

  /** A message leaves the phone, which may have waited for the network. */
  #goesOut(message: Screen): void {
    if (message.tick !== 'waiting') return;
    message.tick = 'sent';
    this.happened('sent', message);
  }

  /** The business has a message of the customer. */
  protected tookOver(message: Screen): void {
    if (message.tick !== 'sent') return;
    message.tick = 'delivered';
    message.deliveredAt = this.now();
    this.happened('delivered', message);
  }
}
