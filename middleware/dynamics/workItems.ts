import { isDeepStrictEqual } from 'node:util';
import type { Address, Conversation } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import type { PolicyBookDocument } from '../policy/policy.ts';
import type { Channel, Clock, Store } from '../ports.ts';
import type { Engine } from '../receipts/engine.ts';
import { systemClock } from '../timing/systemClock.ts';
import { type Correlated, type Correlation, correlate, defaultCorrelations } from './correlation.ts';
import { judge } from './judge.ts';
import { type Found, Records, type Replacement, type WorkItemRecord } from './records.ts';
import type { WorkItemUpdate } from './workItemUpdate.ts';
import { WorkstreamNamer } from './workstreamNamer.ts';

/** What {@link WorkItems} is made of. */
export interface WorkItemsOptions {
  readonly store: Pick<Store, 'readState' | 'writeState' | 'conversation'>;
  readonly engine: Pick<Engine, 'reportAgent' | 'changeConversation'>;
  readonly channels: readonly Pick<Channel, 'name' | 'businesses'>[];
  /** How conversations are found, first to last. Default {@link defaultCorrelations}. */
  readonly correlations?: readonly Correlation[];
  /** The workstreams of the policy book: their `match.d365` says what Dynamics calls them. Default none. */
  readonly workstreams?: PolicyBookDocument['workstreams'];
  /** The column with the workstream. Default `msdyn_liveworkstreamid`, which is not verified. */
  readonly workstreamColumn?: string;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/**
 * What became of an update.
 *
 * - `applied`: the conversation has been told. `noted`: nothing that an agent did; what else it says is kept.
 * - `repeated`: it was known. `superseded`: something newer has been said before.
 * - `unknown`: whose it is cannot be told yet. It is kept, and applied when somebody tells ({@link WorkItems.remember}).
 */
export interface UpdateOutcome {
  readonly outcome: 'applied' | 'noted' | 'repeated' | 'superseded' | 'unknown';
  readonly because?: string;
}

/** What is known of a work item. */
export interface FoundWorkItem extends Omit<WorkItemRecord, 'of'> {
  /** Absent: whose it is has not been told, or they have not written yet. */
  readonly conversation?: Conversation;
}

/** What is to be remembered of a work item, beside whose it is. */
export interface WorkItemIds {
  readonly workItem: string;
  readonly socialProfile?: string | undefined;
}

/** Times that an update is judged anew because somebody else was quicker. */
const maxTries = 10;

/**
 * The work items of Dynamics 365: whose they are, and what agents do with them. Everything that it knows is in the store,
 * so that it holds across restarts and for any number of instances.
 */
export class WorkItems {
  readonly #options: WorkItemsOptions;
  readonly #records: Records;
  readonly #correlations: readonly Correlation[];
  readonly #namer: WorkstreamNamer;

  constructor(options: WorkItemsOptions) {
    const { correlations = defaultCorrelations } = options;
    this.#options = options;
    this.#records = new Records(options.store);
    // What somebody has told of a work item holds, whatever else is looked at.
    this.#correlations = correlations.some(({ by }) => by === 'workItem')
      ? correlations
      : [...correlations, { by: 'workItem' }];
    this.#namer = new WorkstreamNamer(this.#records, options);
  }

  /**
   * Takes an update. What was answered is durable: a repetition changes nothing, also after a restart.
   *
   * @throws BluetickError `store_unavailable`: it should come again
   */
  async receive(update: WorkItemUpdate): Promise<UpdateOutcome> {
    const { engine, clock = systemClock } = this.#options;
    const at = update.at ?? clock.now();
    return this.#untilWritten(async told => {
      const found = await this.#look(update);
      const { item, conversation, because } = found;
      if (conversation !== undefined) await this.#namer.name(conversation, update.columns);
      const links = linksOf(found);
      const noted: WorkItemRecord = {
        ...item.record,
        ...(conversation && { of: addressOf(conversation) }),
        ...(update.agent !== undefined && { agent: update.agent }),
      };
      const said = update.event ? { event: update.event, at } : waiting(item.record);
      if (said === undefined || (update.event === undefined && conversation === undefined)) {
        return (await this.#records.write({ found: item, by: noted }, ...links)) && { outcome: 'noted' };
      }

      const event = { workItem: update.workItem, ...said };
      const latest = conversation && (await this.#records.read('conversation', conversation.id));
      const verdict = judge(event, item.record, latest?.record);
      if (verdict.what === 'apply' && conversation !== undefined) {
        const { agent } = noted;
        await engine.reportAgent(conversation.id, event.event, { via: 'dynamics', ...(agent && { agent }) });
        told.event = true;
      } else if (told.event && conversation && latest?.record) {
        // Somebody else told what is newer while we told what is older: the newer has the last word.
        await engine.reportAgent(conversation.id, latest.record.event, { via: 'dynamics' });
      }
      if (verdict.what === 'superseded') return { outcome: 'superseded', because: verdict.because };
      const heard = { ...noted, ...said, applied: conversation !== undefined };
      const last = verdict.what === 'apply' && latest ? [{ found: latest, by: event }] : [];
      if (!(await this.#records.write({ found: item, by: heard }, ...links, ...last))) return false;
      if (verdict.what === 'repeated') return { outcome: 'repeated' };
      if (verdict.what === 'outdone') return { outcome: 'superseded', because: verdict.because };
      return because === undefined ? { outcome: 'applied' } : { outcome: 'unknown', because };
    });
  }

  /**
   * Remembers whose a work item is, and its social profile. An event that has waited for that is applied now.
   *
   * @param of the customer, who need not have written yet
   * @throws BluetickError `store_unavailable`
   */
  async remember({ workItem, socialProfile }: WorkItemIds, of: Address): Promise<UpdateOutcome> {
    const address = addressOf(of);
    await this.#untilWritten(async () => {
      const item = await this.#records.read('work-item', workItem);
      const profile = socialProfile && (await this.#records.read('social-profile', socialProfile));
      const links = profile ? [{ found: profile, by: { of: address } }] : [];
      // Who was told before was another customer: this one's conversation has heard of nothing.
      const isMoved = item.record?.of !== undefined && !isDeepStrictEqual(item.record.of, address);
      const by = { ...item.record, of: address, ...(isMoved && { applied: false }) };
      return this.#records.write({ found: item, by }, ...links);
    });
    return this.receive({ workItem, columns: new Map() });
  }

  /** What is known of a work item, and the conversation that it is of; `undefined`: nothing. */
  async find(workItem: string): Promise<FoundWorkItem | undefined> {
    const { record } = await this.#records.read('work-item', workItem);
    if (record === undefined) return undefined;
    const { of, ...rest } = record;
    const conversation = of && (await this.#options.store.conversation(of));
    return { ...rest, ...(conversation && { conversation }) };
  }

  async #look(update: WorkItemUpdate): Promise<Looked> {
    const { store, channels } = this.#options;
    const item = await this.#records.read('work-item', update.workItem);
    const { socialProfile } = update;
    const profile =
      socialProfile === undefined ? undefined : await this.#records.read('social-profile', socialProfile);
    const searched = { store, channels, item: item.record, profile: profile?.record };
    return { item, profile, ...(await correlate(update, this.#correlations, searched)) };
  }

  /** @param write answers what came of it, or `false` where somebody else was quicker */
  async #untilWritten<Result>(
    write: (told: { event?: boolean }) => Promise<Result | false>,
  ): Promise<Result> {
    const told = {};
    for (let tries = 0; tries < maxTries; tries += 1) {
      const result = await write(told);
      if (result !== false) return result;
    }
    throw new BluetickError('store_unavailable', 'The work item changes faster than it can be written');
  }
}

type Looked = Correlated & {
  readonly item: Found<'work-item'>;
  readonly profile: Found<'social-profile'> | undefined;
};

/** What else an update tells: whose the social profile is, wherever its conversation was found by. */
function linksOf({ profile, conversation }: Looked): readonly Replacement[] {
  return profile && conversation ? [{ found: profile, by: { of: addressOf(conversation) } }] : [];
}

/** An event that came before anybody could tell whose the work item is. */
function waiting(item: WorkItemRecord | undefined) {
  const { event, at, applied } = item ?? {};
  return event === undefined || at === undefined || applied ? undefined : { event, at };
}

function addressOf({ channel, business, customer }: Address): Address {
  return { channel, business, customer };
}
