import { randomUUID } from 'node:crypto';
import { BluetickError } from '../errors.ts';
import type { StateChange, StateContent, Store } from '../ports.ts';
import { runningState, type TurnState } from '../receipts/turnState.ts';

/** Items of a bot's state by their keys. An item that was read has an `eTag`. */
export type BotStateItems = Record<string, unknown>;

/** A Bot Framework storage: it fits the interface `Storage` of botbuilder and that of the Agents SDK. */
export interface BotStorage {
  /** Reads the items that there are; the others are absent from what it answers. */
  read(keys: readonly string[]): Promise<BotStateItems>;
  /**
   * Writes items, all of them or none. An item with an `eTag` that is neither absent nor `*` is written only where the
   * item of that key still has it, or is not there any more.
   *
   * @throws BluetickError `conflict` for an `eTag` that has changed; `invalid_request` for what is no JSON object
   */
  write(changes: BotStateItems): Promise<void>;
  /** Deletes items, whatever their `eTag`. */
  delete(keys: readonly string[]): Promise<void>;
}

/**
 * Keeps a bot's state in the store of the engine, so that a turn that is run again begins from the same state.
 *
 * In a turn of the engine what the bot writes and deletes is staged: the turn sees it, nobody else does, and it is
 * written in one transaction with the turn's end. A turn that fails, is cut off or dies leaves nothing of it. Where an
 * `eTag` that the turn relied on has changed by then, nothing is written and the turn counts as failed: it runs again.
 * Everywhere else (another adapter, a proactive message) each call goes straight to the store, whole or not at all.
 *
 * Items are JSON, as BotState and dialogs have them; what JSON changes (dates become texts) is changed here too.
 *
 * @param store the one that the engine has
 * @example
 * const state = new ConversationState(createBotStorage(store)); // botbuilder's or the Agents SDK's
 */
export function createBotStorage(store: Store): BotStorage {
  return {
    async read(keys) {
      const turn = runningState(store);
      const unstaged = keys.filter(key => turn?.staged(key) === undefined);
      const stored = await readStored(store, unstaged, turn);
      // Without a prototype no key finds what nobody wrote, such as `constructor`.
      const items: BotStateItems = Object.create(null);
      for (const key of keys) {
        const content = contentOf(key, turn, stored);
        if (content !== undefined) items[key] = { ...JSON.parse(content.json), eTag: content.eTag };
      }
      return items;
    },

    async write(changes) {
      const turn = runningState(store);
      const wanted = Object.entries(changes).map(([key, item], index) => toChange(key, item, index));
      if (turn === undefined) return commit(store, wanted);
      const conditional = wanted.filter(({ expected }) => expected !== undefined);
      const unstaged = conditional.filter(({ key }) => turn.staged(key) === undefined);
      const stored = await readStored(
        store,
        unstaged.map(({ key }) => key),
        turn,
      );
      for (const change of conditional) {
        const content = contentOf(change.key, turn, stored);
        if (content !== undefined && content.eTag !== change.expected) throw conflict(wanted.indexOf(change));
      }
      turn.stage(wanted);
    },

    async delete(keys) {
      const turn = runningState(store);
      const wanted = keys.map(key => ({ key }));
      if (turn === undefined) return commit(store, wanted);
      turn.stage(wanted);
    },
  };
}

type Stored = ReadonlyMap<string, StateContent>;

async function readStored(store: Store, keys: readonly string[], turn?: TurnState): Promise<Stored> {
  try {
    const items = keys.length === 0 ? [] : await store.readState(keys);
    return new Map(items.map(item => [item.key, item]));
  } catch (error) {
    turn?.failed(error);
    throw error;
  }
}

/** What the caller sees of an item: what its turn made of it, else what the store has. */
function contentOf(key: string, turn: TurnState | undefined, stored: Stored): StateContent | undefined {
  const staged = turn?.staged(key);
  return staged === undefined ? stored.get(key) : staged.to;
}

async function commit(store: Store, changes: readonly StateChange[]): Promise<void> {
  if (changes.length === 0) return;
  const [first] = (await store.writeState(changes)).conflicts;
  if (first !== undefined) throw conflict(first);
}

function toChange(key: string, item: unknown, index: number): StateChange {
  if (typeof item !== 'object' || item === null) throw noObject(index, item === null ? 'null' : typeof item);
  const { eTag, ...content } = item as { eTag?: unknown };
  const to = { json: toJson(content, index), eTag: randomUUID() };
  return eTag === undefined || eTag === null || eTag === '' || eTag === '*'
    ? { key, to }
    : { key, to, expected: String(eTag) };
}

function toJson(content: object, index: number): string {
  try {
    return JSON.stringify(content);
  } catch (cause) {
    throw noObject(index, 'what JSON cannot hold', cause);
  }
}

function noObject(index: number, got: string, cause?: unknown): BluetickError {
  const field = `changes[${index}]`;
  return new BluetickError('invalid_request', `${field}: got ${got}; allowed: JSON objects`, {
    field,
    cause,
  });
}

/** Keys hold user ids, which are phone numbers: an item is named by its place in the call. */
function conflict(index: number): BluetickError {
  const field = `changes[${index}].eTag`;
  return new BluetickError(
    'conflict',
    `${field}: got one that the item does not have any more; read it again, or write it with "*"`,
    { field },
  );
}
