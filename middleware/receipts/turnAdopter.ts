import type { Address } from '../domain.ts';
import { describeError } from '../errors.ts';
import { countDown } from '../timing/countDown.ts';
import type { Admitter } from './admitter.ts';
import { subjectOf } from './subjectOf.ts';
import { Turn } from './turn.ts';
import type { HostedTurn } from './turnPace.ts';
import type { TurnTools } from './turnTools.ts';

/** A message as another adapter received it. */
export interface HostedMessage extends Address {
  /** The provider's id of the message; absent: it cannot be marked read. */
  readonly messageId?: string | undefined;
  /** What it is known by where the provider's id is absent: the activity's id. */
  readonly key: string;
  /** When it was sent, in Unix milliseconds. What is not known, or no time, is now. */
  readonly sentAt?: number | undefined;
  readonly text: string;
}

/** How the turn of such a message is to run. */
export type Hosting = Pick<HostedTurn, 'parks' | 'awaited'> & {
  /** How long the turn may hold back what the bot does, in milliseconds. */
  readonly budgetMs: number;
};

/** Takes messages that another adapter has received under control: the adapter runs the bot, we the receipt and the timing. */
export class TurnAdopter {
  readonly #tools: TurnTools;
  readonly #admitter: Admitter;

  constructor(tools: TurnTools, admitter: Admitter) {
    this.#tools = tools;
    this.#admitter = admitter;
  }

  /**
   * Admits a message and opens its turn, which the caller ends. It never rejects: the bot answers also where we cannot
   * keep the message, or serve neither its channel nor its business; then there is no turn.
   */
  async adopt(hosted: HostedMessage, { budgetMs, parks, awaited }: Hosting): Promise<Turn | undefined> {
    const { channels, clock, log, policyOf, telemetry } = this.#tools.parts;
    const { parked } = this.#tools;
    const { messageId, key, text, channel: name, business, customer } = hosted;
    const address = { channel: name, business, customer };
    const channel = channels.get(name);
    if (!channel?.businesses.includes(business)) {
      log.warn({ channel: name }, 'A message of a business that is not served here is left alone');
      return undefined;
    }
    // A clock that is ahead must not make what comes next look like late.
    const sentAt = Math.min(
      Number.isFinite(hosted.sentAt) ? Number(hosted.sentAt) : clock.now(),
      clock.now(),
    );
    const content = { type: 'text' };
    const kind = 'message' as const;
    const left = countDown(budgetMs, clock);
    let turn: Turn | undefined;
    try {
      const message = { ...address, kind, key, sentAt, content, ...(messageId && { providerId: messageId }) };
      await this.#admitter.adopt(channel, message, text.length, known => {
        const { conversation, ref, status, ahead, repliesUntil } = known;
        if (repliesUntil !== undefined) parked.add(conversation.id, repliesUntil, clock.now());
        const admitted = {
          ref,
          messageId,
          kind,
          content: { ...content, text },
          characters: text.length,
          sentAt,
        };
        const due = {
          conversation,
          message: { ...admitted, admittedAt: clock.now() },
          attempt: status === 'duplicate' ? 2 : 1,
          acts: 0,
          waiting: false,
          ahead,
        };
        const watch = telemetry.watchTurn(subjectOf(due), due.attempt);
        const how = { left, parks, awaited, watch };
        turn = new Turn(this.#tools, due, channel, policyOf(conversation), how);
        // Its wish to show typing must be known when the receipt goes out.
        turn.begin();
      });
    } catch (error) {
      log.error(
        describeError(error),
        'A message of another adapter could not be kept: the bot runs without us',
      );
    }
    return turn;
  }
}
