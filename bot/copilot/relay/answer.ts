import { isHandoffInitiation } from '../../../middleware/turn/handoffSignals.ts';
import { isTopicEvent, readTopicEvent } from '../../../middleware/turn/topicEvents.ts';
import type { Posted } from './agentLine.ts';
import type { AgentActivity } from './directLineClient.ts';
import { isCustomers, postedId } from './relayActivity.ts';
import type { RelayPace } from './relayPace.ts';

/** Who said something: the customer, or the agent; `late`: before the customer's message, when no turn waited for it. */
export type Whose = 'customers' | 'agents' | 'late';

/** An answer as it comes: Direct Line has no word for its end. */
export class Answer {
  readonly #asked: Posted;
  readonly #user: string;
  #isPast = false;
  /** The agent has said something to this message. */
  begun = false;
  /** The agent has ended the conversation since it was asked. */
  isOver = false;
  /** It had ended the conversation before. As a rule it answers there all the same: a new session begins. */
  #wasOver = false;
  /** When the agent was last heard of, in milliseconds since it was asked. */
  toldAt = 0;
  #last: 'typing' | 'question' | undefined;

  constructor(asked: Posted, user: string) {
    this.#asked = asked;
    this.#user = user;
  }

  /** Takes an activity as it stands in the conversation; answers whose it is. */
  take(activity: AgentActivity): Whose {
    if (postedId(activity) === this.#asked.id) this.#isPast = true;
    if (isCustomers(activity, this.#user)) return 'customers';
    const { type, replyToId } = activity;
    // What stands before the customer's message is no answer to it.
    const isEarlier = !this.#isPast && replyToId !== this.#asked.thereId;
    if (type === 'endOfConversation') {
      if (isEarlier) this.#wasOver = true;
      else this.isOver = true;
    }
    if ((type === 'message' && !isEarlier) || isHandoffInitiation(activity)) this.begun = true;
    const isQuestion = type === 'message' && !isEarlier && activity.inputHint === 'expectingInput';
    this.#last = isQuestion ? 'question' : type === 'typing' ? 'typing' : undefined;
    return isEarlier ? 'late' : 'agents';
  }

  /** Whether the next message needs another conversation: one that was over, and has brought no answer, will bring none. */
  get hasEnded(): boolean {
    return this.isOver || (this.#wasOver && !this.begun);
  }

  /** Whether nothing more is to be expected, `now` in milliseconds since it was asked. */
  isWhole(now: number, { quietMs, typingMs }: Pick<RelayPace, 'quietMs' | 'typingMs'>): boolean {
    if (!this.begun) return false;
    return this.#last === 'question' || now - this.toldAt >= (this.#last === 'typing' ? typingMs : quietMs);
  }
}

/** Whether an activity is an event of a topic that decides about one message: a policy may be for the whole conversation. */
export function decidesOne(activity: AgentActivity): boolean {
  if (!isTopicEvent(activity)) return false;
  const event = readTopicEvent(activity);
  return !('value' in event && event.name === 'bluetick.setPolicy' && event.value.scope === 'conversation');
}
