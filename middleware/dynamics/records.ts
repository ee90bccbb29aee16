import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Address } from '../domain.ts';
import type { Store } from '../ports.ts';
import type { WorkItemEvent } from './statusChange.ts';

/** What is kept of a work item. */
export interface WorkItemRecord {
  /** Whose it is. It may be known before the customer's first message has come, so it is no conversation's id. */
  readonly of?: Address;
  /** The newest event, and its time by Dynamics' clock. */
  readonly event?: WorkItemEvent;
  readonly at?: number;
  /** Whether the conversation has been told of it. */
  readonly applied?: boolean;
  /** The agent whose it is. */
  readonly agent?: string;
}

/** What is kept of a conversation: which of its customer's work items had the last word. */
export interface ConversationRecord {
  readonly workItem: string;
  readonly event: WorkItemEvent;
  readonly at: number;
}

/** What is kept of a social profile: whose it is. */
export interface ProfileRecord {
  readonly of: Address;
}

/** The workstream that Dynamics named for a conversation: one that the API sets later is told from it. */
export interface WorkstreamRecord {
  readonly workstream: string;
}

/** The kinds of records. */
interface Kinds {
  'work-item': WorkItemRecord;
  conversation: ConversationRecord;
  'social-profile': ProfileRecord;
  workstream: WorkstreamRecord;
}

/** A record as it was read, with what it takes to write it again. */
export interface Found<Kind extends keyof Kinds = keyof Kinds> {
  readonly kind: Kind;
  readonly id: string;
  /** Absent: there is none yet. */
  readonly record: Kinds[Kind] | undefined;
  readonly eTag: string;
}

/** A record that is to take the place of one that was read. */
export interface Replacement<Kind extends keyof Kinds = keyof Kinds> {
  readonly found: Found<Kind>;
  readonly by: Kinds[Kind];
}

/** An eTag that no record has: whoever found none must still find none when it writes. */
const none = 'none';

/** What Dynamics told, kept in the store among the state of bots, under keys of its own. */
export class Records {
  readonly #store: Pick<Store, 'readState' | 'writeState'>;

  constructor(store: Pick<Store, 'readState' | 'writeState'>) {
    this.#store = store;
  }

  /** @throws BluetickError `store_unavailable` */
  async read<Kind extends keyof Kinds>(kind: Kind, id: string): Promise<Found<Kind>> {
    const [item] = await this.#store.readState([keyOf({ kind, id })]);
    return { kind, id, record: item && JSON.parse(item.json), eTag: item?.eTag ?? none };
  }

  /**
   * Writes all of them, or none where one has changed since it was read: `false`.
   *
   * @throws BluetickError `store_unavailable`
   */
  async write(...replacements: readonly Replacement[]): Promise<boolean> {
    const changes = replacements
      .filter(({ found, by }) => !isDeepStrictEqual(found.record, by))
      .map(({ found, by }) => ({
        key: keyOf(found),
        to: { json: JSON.stringify(by), eTag: randomUUID() },
        expected: found.eTag,
      }));
    return changes.length === 0 || (await this.#store.writeState(changes)).conflicts.length === 0;
  }
}

function keyOf({ kind, id }: Pick<Found, 'kind' | 'id'>): string {
  return `bluetick/dynamics/${kind}/${id}`;
}
