import { isHandoffInitiation } from '../../../middleware/turn/handoffSignals.ts';
import type { Posted } from './agentLine.ts';
import type { AgentActivity } from './directLineClient.ts';
import { isCustomers, postedId } from './relayActivity.ts';
import type { RelayPace } from './relayPace.ts';

/** An answer as it comes: Direct Line has no word for its end. */
export class Answer {
  readonly #asked: Posted;
  readonly #user: string;
  #isPast = false;
  /** The agent has said something to this message. */
  begun = false;
  /** The conversation is over. */
  isOver = false;
  /** When the agent was last heard of. */
  toldAt = 0;
  #last: 'typing' | 'question' | undefined;

  constructor(asked: Posted, user: string) {
    this.#asked = asked;
    this.#user = user;
  }

  /** Takes an activity as it stands in the conversation; answers whether the customer is to be told it. */
  take(activity: AgentActivity): boolean {
    if (postedId(activity) === this.#asked.id) this.#isPast = true;
    if (isCustomers(activity, this.#user)) return false;
    const { type, replyToId } = activity;
    // What answers an earlier message, and came too late for that.
    const isLate = !this.#isPast && replyToId !== undefined && replyToId !== this.#asked.thereId;
    if (type === 'endOfConversation') this.isOver = true;
    if ((type === 'message' && !isLate) || isHandoffInitiation(activity)) this.begun = true;
    const isQuestion = type === 'message' && !isLate && activity.inputHint === 'expectingInput';
    this.#last = isQuestion ? 'question' : type === 'typing' ? 'typing' : undefined;
    return true;
  }

  /** Whether nothing more is to be expected, `now` in Unix milliseconds. */
  isWhole(now: number, { quietMs, typingMs }: Pick<RelayPace, 'quietMs' | 'typingMs'>): boolean {
    if (!this.begun) return false;
    return this.#last === 'question' || now - this.toldAt >= (this.#last === 'typing' ? typingMs : quietMs);
  }
}
