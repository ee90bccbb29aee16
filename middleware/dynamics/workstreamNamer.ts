import type { Conversation } from '../domain.ts';
import type { PolicyBookDocument } from '../policy/policy.ts';
import type { Engine } from '../receipts/engine.ts';
import { type Columns, guidOf, wordOf } from './executionContext.ts';
import type { Records } from './records.ts';

/** What a {@link WorkstreamNamer} needs. */
export interface WorkstreamNames {
  readonly engine: Pick<Engine, 'changeConversation'>;
  /** The workstreams of the policy book: their `match.d365` says what Dynamics calls them. Default none. */
  readonly workstreams?: PolicyBookDocument['workstreams'];
  /** The column with the workstream. Default `msdyn_liveworkstreamid`, which is not verified. */
  readonly workstreamColumn?: string;
}

/** Gives conversations the workstream that Dynamics 365 names: one that the API has set stays. */
export class WorkstreamNamer {
  readonly #records: Records;
  readonly #engine: WorkstreamNames['engine'];
  readonly #column: string;
  readonly #ids: ReadonlyMap<string, string>;

  constructor(
    records: Records,
    { engine, workstreams = {}, workstreamColumn = 'msdyn_liveworkstreamid' }: WorkstreamNames,
  ) {
    this.#records = records;
    this.#engine = engine;
    this.#column = workstreamColumn.toLowerCase();
    const pairs = Object.entries(workstreams).flatMap(([id, { match }]) =>
      (match?.d365 ?? []).map(d365 => [guidOf(d365) ?? d365, id] as const),
    );
    // As in the policy book, the first that matches counts.
    this.#ids = new Map(pairs.reverse());
  }

  /** Names it, where the columns have one that the policy book knows. */
  async name(conversation: Conversation, columns: Columns): Promise<void> {
    const value = columns.get(this.#column);
    const workstream = this.#ids.get(guidOf(value) ?? wordOf(value));
    if (workstream === undefined || workstream === conversation.workstream) return;
    const named = await this.#records.read('workstream', conversation.id);
    if (conversation.workstream !== undefined && conversation.workstream !== named.record?.workstream) return;
    // Ours first: whoever dies in between has named nothing that could be taken for the API's.
    await this.#records.write({ found: named, by: { workstream } });
    await this.#engine.changeConversation(conversation.id, { workstream });
  }
}
