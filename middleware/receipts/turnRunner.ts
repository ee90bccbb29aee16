import type { Conversation } from '../domain.ts';
import { describeError, ProviderError } from '../errors.ts';
import type { DueTurn, TurnEnd } from '../ports.ts';
import type { TurnWatch } from '../telemetry/turnWatch.ts';
import { channelOffRetryMs } from '../timing/retryDelay.ts';
import { subjectOf } from './subjectOf.ts';
import { Turn } from './turn.ts';
import { runWithState, TurnState } from './turnState.ts';
import type { TurnTools } from './turnTools.ts';

/** Tries of one turn: a message that fails the bot five times would fail it a sixth time. */
const maxAttempts = 5;
/** The wait before a turn that failed runs again; it doubles with each try. */
const firstRetryMs = 1000;

/**
 * Runs the bot for one message. A rejection runs the turn again, from the bot state that was there before it where that
 * is kept through {@link createBotStorage}.
 */
export type TurnHandler = (turn: Turn) => Promise<void>;

/** Runs the turns of a conversation one at a time, in the order of its messages; other conversations go on beside. */
export class TurnRunner {
  readonly #tools: TurnTools;
  readonly #handler: TurnHandler;

  constructor(tools: TurnTools, handler: TurnHandler) {
    this.#tools = tools;
    this.#handler = handler;
  }

  /** The handler of the lane `turn`. */
  async run(conversation: Conversation): Promise<void> {
    const { parts, typing } = this.#tools;
    const { store, clock, dispatcher, stopping, telemetry } = parts;
    for (;;) {
      const declare = typing.announce(conversation.id);
      let due: DueTurn | undefined;
      let turn: Turn | undefined;
      try {
        due = await store.beginTurn(conversation.id, clock.now());
        turn = due && this.#open(due);
        turn?.begin();
      } finally {
        declare();
      }
      if (due === undefined) return;
      const endAs = (end: TurnEnd) => store.endTurn(conversation.id, due.message.ref, end, clock.now());
      const watch = turn && telemetry.watchTurn(subjectOf(due), due.attempt);
      let end = await this.#end(due, turn, watch);
      let ended = await endAs(end);
      if (ended.conflict) {
        end = this.#failed(due, { code: 'conflict' }, 'bot state that it wrote was changed meanwhile');
        ended = await endAs(end);
      }
      watch?.end(end.how);
      const { more, nextDueAt } = ended;
      dispatcher.wakeAt(nextDueAt);
      if (!more || stopping.aborted) return;
    }
  }

  /** `undefined` if the bot is not to run: a human holds the conversation, or the message takes the process down. */
  #open(due: DueTurn): Turn | undefined {
    const { channels, policyOf } = this.#tools.parts;
    const channel = channels.get(due.conversation.channel);
    const { kind, content } = due.message;
    const isForBot = kind === 'handoff' ? content.handoff !== undefined : due.conversation.holder === 'bot';
    if (channel === undefined || !isForBot || due.attempt > maxAttempts) return undefined;
    return new Turn(this.#tools, due, channel, policyOf(due.conversation));
  }

  async #end(due: DueTurn, turn: Turn | undefined, watch: TurnWatch | undefined): Promise<TurnEnd> {
    const { attempt, conversation, message } = due;
    const { store, clock, channels, stopping } = this.#tools.parts;
    if (!channels.has(conversation.channel)) {
      return { how: 'retry', dueAt: clock.now() + channelOffRetryMs, counted: false };
    }
    // Counted before it runs: a message that takes the process down with it must not do so for ever.
    if (attempt > maxAttempts)
      return { how: 'dead', reason: `the turn was begun ${maxAttempts} times and never ended` };
    if (message.kind === 'handoff' && message.content.handoff === undefined) return this.#lookAgain(due);
    if (turn === undefined || watch === undefined) return { how: 'done' };
    // A turn that was cut off has not ended, whatever the bot made of it: it is due again, after a stop at the next start.
    const cutOff = (): TurnEnd => ({
      how: 'retry',
      dueAt: clock.now() + (stopping.aborted ? 0 : firstRetryMs),
      counted: false,
    });
    const state = new TurnState(store, error => turn.cutOffBy(error));
    try {
      await watch.within(() => runWithState(state, () => this.#handler(turn)));
      return turn.cutOff ? cutOff() : { how: 'done', state: state.finish() };
    } catch (error) {
      if (turn.cutOff || stopping.aborted) return cutOff();
      const reason = `the bot failed: ${error instanceof Error ? error.name : 'unknown'}`;
      return this.#failed(
        due,
        describeError(error),
        reason,
        error instanceof ProviderError && !error.retryable,
      );
    } finally {
      state.drop();
      await turn.end();
    }
  }

  /** A hand-off has waited long enough: no bot runs for that. */
  async #lookAgain(due: DueTurn): Promise<TurnEnd> {
    try {
      await this.#tools.handoff.expire(due.conversation.id);
      return { how: 'done' };
    } catch (error) {
      return this.#failed(due, describeError(error), 'a hand-off could not be taken back');
    }
  }

  /** A try that failed counts; the turn runs again, unless that was its last. */
  #failed(
    { attempt, message, conversation }: DueTurn,
    why: object,
    reason: string,
    hopeless = false,
  ): TurnEnd {
    const { clock, log } = this.#tools.parts;
    const final = hopeless || attempt >= maxAttempts;
    const fields = { conversation: conversation.id, message: message.ref, attempt, final };
    log.error({ ...fields, ...why }, 'The turn failed');
    if (final) return { how: 'dead', reason };
    return { how: 'retry', dueAt: clock.now() + firstRetryMs * 2 ** (attempt - 1), counted: true };
  }
}
