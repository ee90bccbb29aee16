import type { Phone } from '../../bot/simulator/phone.ts';
import type { Place } from './place.ts';

/** What has to come of a message: the words of each reply, in order, and whether the customer sees "read". */
export interface Owed {
  readonly replies: readonly (readonly string[])[];
  readonly receipt: 'read' | 'held';
}

/** A line that a customer writes. */
export interface Line extends Owed {
  readonly text: string;
}

/** A message that a program sends to the customer. */
export interface Program {
  /** As the API named it. */
  readonly ref: string;
  readonly text: string;
  /** Whether it is to go out another way, as the customer does not read it. */
  readonly escalates: boolean;
}

/** How long a customer waits for an answer: through two deaths of the host on a busy machine. */
const patienceMs = 150_000;

/** A customer who writes, remembers what is owed for it, and waits for the answers. */
export class Customer {
  readonly phone: Phone;
  /** By the ids of the messages, in the order in which they were written. */
  readonly owed = new Map<string, Owed>();
  /** What programs sent. */
  readonly sent: Program[] = [];
  readonly #place: Place;
  readonly #givenUpBefore: number;

  constructor(phone: Phone, place: Place) {
    this.phone = phone;
    this.#place = place;
    this.#givenUpBefore = place.state.givenUp;
  }

  /** Writes lines that arrive in one webhook. */
  say(...lines: readonly Line[]): void {
    this.#write(Date.now(), lines);
  }

  /**
   * Writes lines that arrive in a webhook each, without waiting for answers. They lie a second apart: a provider that
   * tells whole seconds leaves the order of what was written within one open when it delivers them out of order.
   */
  sayInARow(...lines: readonly Line[]): void {
    const now = Date.now();
    for (const [index, line] of lines.entries()) this.#write(now - (lines.length - index) * 1000, [line]);
  }

  #write(at: number, lines: readonly Line[]): void {
    const messages = this.phone.sayMany(
      lines.map(({ text }) => text),
      { at },
    );
    lines.forEach((line, index) => {
      this.owed.set(String(messages[index]?.id), line);
    });
  }

  /** Resolves when there are as many answers as are owed; one that came twice counts once, one given up as come. */
  async answered(): Promise<void> {
    const answers = [...this.owed.values()].reduce((sum, { replies }) => sum + replies.length, 0);
    const wanted = answers + this.sent.length;
    const came = () => {
      const replies = this.phone.messages.filter(({ from }) => from === 'business');
      const distinct = new Set(replies.map(({ body }) => body.biz_opaque_callback_data)).size;
      const givenUp = this.#place.state.givenUp - this.#givenUpBefore;
      return distinct + givenUp >= wanted || undefined;
    };
    const seen = () => this.phone.timeline.map(({ what }) => what).join(', ');
    await this.#place.until(came, patienceMs, () => `${wanted} answers; the phone saw ${seen()}`);
  }
}
