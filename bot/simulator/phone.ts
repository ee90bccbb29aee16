import { BusinessMessage } from './businessMessage.ts';
import { Chat } from './chat.ts';
import type { PhoneScreen } from './phoneScreen.ts';
import type { Arriving, PhoneParts } from './phoneTypes.ts';
import type { Screen } from './thread.ts';
import { TypingSign } from './typingSign.ts';

export type { PhoneEvent, PhoneMessage, Tick } from './phoneScreen.ts';
export type { Arriving, PhoneParts, WriteOptions } from './phoneTypes.ts';

/** A customer's phone, showing the chat with one business number. */
export class Phone extends Chat {
  /** Whether opening the chat reports `read`. That who turns this off sees nothing blue either is not modelled. */
  readReceipts = true;
  /** Whether the API can deliver to this number at all; if not, sends are refused (131026). */
  reachable = true;
  /** What the business has sent, earliest first. */
  readonly #received: BusinessMessage[] = [];
  readonly #typing: TypingSign;
  #online = true;
  #isOpen = false;
  /** What waits for the network, in order. */
  #waiting: (() => void)[] = [];

  constructor(parts: PhoneParts) {
    super(parts);
    this.#typing = new TypingSign(parts.typingMs, parts.timers, shown =>
      this.happened(shown ? 'typing' : 'typingEnd'),
    );
  }

  /** Whether "typing…" shows. */
  get typing(): boolean {
    return this.#typing.isShown;
  }

  /** Whether the chat is on the screen. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the phone has a connection. */
  get online(): boolean {
    return this.#online;
  }

  /** Puts the chat on the screen: what the business wrote is read. */
  open(): void {
    this.#isOpen = true;
    this.happened('opened');
    void this.#readAll();
  }

  /** Leaves the chat. */
  leave(): void {
    this.#isOpen = false;
    this.happened('left');
  }

  /**
   * Takes the phone off the network, or back on: what was written meanwhile goes out then, ticks change, and what waited is
   * delivered. Typing that nobody sees is not shown later.
   */
  setOnline(online: boolean): void {
    this.#online = online;
    this.happened(online ? 'online' : 'offline');
    if (!online) {
      this.#typing.hide();
      return;
    }
    for (const task of this.#waiting.splice(0)) task();
    for (const message of this.#received) {
      if (message.screen.isAway) this.#arrives(message.screen);
      void message.deliver();
    }
    if (this.#isOpen) void this.#readAll();
  }

  /** Plays a voice message; the first time is reported. A phone without a connection has none to play. */
  play(messageId: string): void {
    if (!this.#online) return;
    void this.#received.find(({ screen }) => screen.id === messageId)?.play();
  }

  /** Sends the statuses that a plan has held. */
  releaseStatuses(): void {
    for (const message of this.#received) void message.release();
  }

  /** Waits until `look` answers something; see {@link Waiting.for}. */
  waitFor<T>(look: (phone: Phone) => T | undefined | false, deadlineMs = 5000): Promise<T> {
    const seen = () => `the phone saw ${this.timeline.map(({ what }) => what).join(', ') || 'nothing'}`;
    return this.parts.waiting.for(() => look(this), deadlineMs, seen);
  }

  /** The business marks a message read: earlier ones of the thread turn blue too (mark messages as read page). */
  markedRead(messageId: string, typing: boolean): void {
    this.whenConnected(() => this.#turnBlue(messageId));
    if (typing && this.#online) this.#typing.show();
  }

  /**
   * A message of the business arrives at the API.
   *
   * @returns what makes it arrive on the phone, and whether that is to be waited for before the call is answered
   */
  accept(arriving: Arriving): { readonly arrive: () => Promise<void>; readonly isEarly: boolean } {
    const message = new BusinessMessage(arriving, {
      now: () => this.now(),
      send: (status, lateMs) => this.parts.sendStatus(status, lateMs),
    });
    const { screen, arrives, isEarly } = message;
    // "Dismissed once you respond" (META-TYPING): whether or not the answer arrives.
    this.#typing.hide();
    if (arrives) {
      if (!this.#online) screen.isAway = true;
      this.thread.add(screen);
      this.#received.push(message);
      this.happened('business', screen);
    }
    const arrive = async () => {
      const told = [message.sent()];
      const isReadAtOnce = this.#isOpen && this.readReceipts && !this.parts.deliveredBeforeRead;
      if (arrives && this.#online && !isReadAtOnce) told.push(message.deliver());
      if (arrives && this.#isOpen) told.push(this.#readAll());
      await Promise.all(told);
    };
    return { arrive, isEarly };
  }

  /** What the phone's screen shows, for people and for the web page. */
  toJSON(): PhoneScreen {
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

  protected override get isConnected(): boolean {
    return this.#online;
  }

  protected override whenConnected(task: () => void): void {
    if (this.#online) task();
    else this.#waiting.push(task);
  }

  #turnBlue(messageId: string): void {
    for (const message of this.thread.upTo(messageId)) {
      if (message.tick === 'read') continue;
      this.tookOver(message);
      message.tick = 'read';
      message.readAt = this.now();
      this.happened('blue', message);
    }
  }

  #arrives(message: Screen): void {
    delete message.isAway;
    this.happened('arrived', message);
  }

  async #readAll(): Promise<void> {
    if (!this.readReceipts || !this.#online) return;
    await Promise.all(this.#received.map(message => message.read()));
  }
}
