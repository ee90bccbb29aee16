import { AsyncLocalStorage } from 'node:async_hooks';
import { BluetickError } from '../errors.ts';
import type { StateChange, Store } from '../ports.ts';

/**
 * The bot state that one run of a turn has written. Nobody else sees it: it reaches the store together with the turn's
 * `done`, and a run that does not get so far leaves nothing of it.
 */
export class TurnState {
  /** Where the changes will go. */
  readonly store: Store;
  readonly #changes = new Map<string, StateChange>();
  #ended: 'done' | 'dropped' | undefined;

  /** Told what the store answered instead of the turn's state: a turn without its state is none. */
  readonly failed: (error: unknown) => void;

  constructor(store: Store, failed: (error: unknown) => void = () => {}) {
    this.store = store;
    this.failed = failed;
  }

  /** Whether the run has got as far as `done`: what is written from now on is no part of the turn. */
  get isDone(): boolean {
    return this.#ended === 'done';
  }

  /** What the turn has made of an item; `undefined`: it has left it alone. */
  staged(key: string): StateChange | undefined {
    return this.#changes.get(key);
  }

  /**
   * Adds changes, which the caller has checked against what the turn sees.
   *
   * @throws BluetickError `conflict` if the run has ended: a re-run begins from the state before it
   */
  stage(changes: readonly StateChange[]): void {
    if (this.#ended !== undefined)
      throw new BluetickError('conflict', 'The turn that wrote this bot state has ended: it is not kept');
    for (const change of changes) {
      const earlier = this.#changes.get(change.key);
      // What the store must have is what the first of them relied on; later ones rely on the turn's own.
      this.#changes.set(
        change.key,
        earlier === undefined ? change : { ...change, expected: earlier.expected },
      );
    }
  }

  /** The run has done its work: answers what it wrote, to be committed. */
  finish(): readonly StateChange[] {
    this.#ended = 'done';
    return [...this.#changes.values()];
  }

  /** The run is over. Unless it has finished, nothing that it wrote is kept. */
  drop(): void {
    this.#ended ??= 'dropped';
    this.#changes.clear();
  }
}

const running = new AsyncLocalStorage<TurnState>();

/** Runs the bot for a turn; what it writes through {@link createBotStorage} is staged in `state`. */
export function runWithState<T>(state: TurnState, bot: () => Promise<T>): Promise<T> {
  return running.run(state, bot);
}

/**
 * The state of the turn that the caller runs in; `undefined` outside of turns, and for what goes on after one.
 *
 * @throws BluetickError `invalid_configuration` if the turn's engine has another store: what it would stage there
 *   could not be committed with the turn
 */
export function runningState(store: Store): TurnState | undefined {
  const state = running.getStore();
  if (state === undefined || state.isDone) return undefined;
  if (state.store === store) return state;
  throw new BluetickError(
    'invalid_configuration',
    'createBotStorage: got another store than the one of the engine whose turn this is; allowed: the engine’s own',
    { field: 'store' },
  );
}
