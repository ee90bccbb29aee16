import type { Activity, TurnContext } from 'botbuilder';
import { describeError, isBluetickError, ProviderError } from '../../../middleware/errors.ts';
import type { Clock, Logger, Scheduler, Store } from '../../../middleware/ports.ts';
import { pause } from '../../../middleware/timing/pause.ts';
import { measure, systemClock, systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { isFromCustomer } from '../../../middleware/turn/activityGuards.ts';
import { isHandoffInitiation } from '../../../middleware/turn/handoffSignals.ts';
import { turnOf } from '../../../middleware/turn/turnOf.ts';
import { AgentLine, type Posted } from './agentLine.ts';
import { Answer, decidesOne } from './answer.ts';
import type { AgentActivity, DirectLineClient } from './directLineClient.ts';
import { isOver } from './directLineFaults.ts';
import { fromAgent } from './relayActivity.ts';
import { defaultPace, type RelayPace } from './relayPace.ts';
import { RelayState } from './relayState.ts';

/** Options of {@link RelayBot}. */
export interface RelayOptions {
  readonly client: DirectLineClient;
  /** The engine's own. */
  readonly store: Store;
  readonly log: Logger;
  /** Default {@link defaultPace}. */
  readonly pace?: Partial<RelayPace>;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the machine's. */
  readonly scheduler?: Scheduler;
}

/**
 * A bot whose dialog is an agent behind Direct Line, such as one of Copilot Studio. What the customer writes is posted there;
 * what the agent says goes out through the turn's context, so that the middleware treats it as any bot's.
 */
export class RelayBot {
  readonly #client: DirectLineClient;
  readonly #state: RelayState;
  readonly #log: Logger;
  readonly #pace: RelayPace;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #stopping = new AbortController();

  constructor({ client, store, log, pace, clock = systemClock, scheduler = systemScheduler }: RelayOptions) {
    this.#client = client;
    this.#state = new RelayState(store);
    this.#log = log;
    this.#pace = { ...defaultPace, ...pace };
    this.#clock = clock;
    this.#scheduler = scheduler;
  }

  /**
   * Answers one message of a customer. What else happens (a reaction, an opened chat, news of a hand-off) is not for the agent.
   *
   * @throws ProviderError where the agent cannot be reached: the turn is to run again
   */
  async run(context: TurnContext): Promise<void> {
    const { activity } = context;
    const message = turnOf(context)?.message.ref ?? activity.id;
    const conversation = activity.conversation?.id;
    if (!isFromCustomer(activity) || message === undefined || conversation === undefined) return;
    const parts = {
      client: this.#client,
      state: this.#state,
      clock: this.#clock,
      signal: this.#stopping.signal,
    };
    const line = await AgentLine.open(parts, `${activity.channelId}/conversations/${conversation}`);
    const posted = await line.post(message, activity);
    const ended = await this.#answer(context, line, posted);
    await line.keep({ ended });
  }

  /** Ends what is under way: turns that wait for the agent fail, and run again at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort(new DOMException('The relay stops', 'AbortError'));
    await this.#client.close();
  }

  /** Tells the customer what the agent says, until the answer is whole; answers whether the conversation is over. */
  async #answer(context: TurnContext, line: AgentLine, posted: Posted): Promise<boolean> {
    const { pollMs, limitMs } = this.#pace;
    const waited = measure(this.#clock);
    const answer = new Answer(posted, line.user);
    const about = aboutTurn(context);
    let isFailing = false;
    for (;;) {
      const { activities, failure } = await this.#look(line, answer);
      if (failure !== undefined && !isFailing)
        this.#log.warn({ ...about, ...describeError(failure) }, 'The agent’s conversation could not be read');
      isFailing = failure !== undefined;
      for (const activity of activities) {
        const whose = answer.take(activity);
        if (whose === 'customers') continue;
        // It would decide about another message than its topic meant.
        if (whose === 'late' && decidesOne(activity))
          this.#log.warn(about, 'An event of a topic came too late');
        else await this.#tell(context, activity);
        if (isHandoffInitiation(activity)) await line.leave();
        answer.toldAt = waited();
      }
      if (answer.isOver || (!failure && answer.isWhole(waited(), this.#pace))) break;
      if (waited() >= limitMs) {
        // Nobody knows whether there is an answer: the turn runs again, and reads on.
        if (failure !== undefined && !answer.begun) throw failure;
        this.#log.warn(
          { ...about, answered: answer.begun },
          'The agent took too long: what it says from now on waits for the next message',
        );
        break;
      }
      const waitMs = Math.max(pollMs, Math.min(failure?.retryAfterMs ?? 0, limitMs - waited()));
      await pause(this.#scheduler, waitMs, { signal: this.#stopping.signal });
    }
    return answer.hasEnded;
  }

  /** Looks once. A look that fails is made again, unless the conversation is gone before the agent has answered in it. */
  async #look(line: AgentLine, answer: Answer): Promise<Look> {
    try {
      return { activities: await line.read() };
    } catch (failure) {
      if (!(failure instanceof ProviderError) || this.#stopping.signal.aborted) throw failure;
      if (isOver(failure)) {
        if (!answer.begun) throw failure;
        answer.isOver = true;
      }
      return { activities: [], failure };
    }
  }

  /** What WhatsApp cannot show is told by its text, and never fails the turn: it would fail it again. */
  async #tell(context: TurnContext, activity: AgentActivity): Promise<void> {
    const told = fromAgent(activity, context.activity.channelId);
    try {
      await context.sendActivity(told as Partial<Activity>);
    } catch (error) {
      if (!isBluetickError(error) || error.code !== 'invalid_request') throw error;
      const about = { ...aboutTurn(context), ...describeError(error) };
      this.#log.warn(about, 'The agent sent something that WhatsApp cannot show');
      if (told.text) await context.sendActivity(told.text);
    }
  }
}

/** What the log says of a turn: whose it is, by our ids. */
function aboutTurn(context: TurnContext): object {
  const turn = turnOf(context);
  return { conversation: turn?.conversation.id, message: turn?.message.ref };
}

/** What one look into the conversation found, or why it found nothing. */
interface Look {
  readonly activities: readonly AgentActivity[];
  readonly failure?: ProviderError;
}
