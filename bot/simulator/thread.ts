import type { PhoneMessage } from './phoneScreen.ts';

/** A message on the screen, whose ticks change. */
export type Screen = { -readonly [K in keyof PhoneMessage]: PhoneMessage[K] };

/** The chat on a phone's screen. */
export class Thread {
  readonly #messages: Screen[] = [];

  /** Earliest first. */
  get messages(): readonly Screen[] {
    return this.#messages;
  }

  /** Keeps the order of times; of equal ones, that of arrival. */
  add(message: Screen): void {
    const index = this.#messages.findLastIndex(({ at }) => at <= message.at);
    this.#messages.splice(index + 1, 0, message);
  }

  /** The customer's messages up to one of them; none for what has no place here, such as a notice. */
  upTo(messageId: string): readonly Screen[] {
    const isIt = ({ id, from }: Screen) => id === messageId && from === 'customer';
    const upTo = this.#messages.slice(0, this.#messages.findLastIndex(isIt) + 1);
    return upTo.filter(({ from }) => from === 'customer');
  }

  /** The message with an id. */
  find(messageId: string): Screen | undefined {
    return this.#messages.find(({ id }) => id === messageId);
  }

  /** The latest message of a side; of that id, if one is given. */
  latest(of: PhoneMessage['from'], messageId?: string): Screen | undefined {
    return this.#messages.findLast(({ from, id }) => from === of && id === (messageId ?? id));
  }
}
