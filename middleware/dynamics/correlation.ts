import type { Address, Conversation } from '../domain.ts';
import type { Channel, Store } from '../ports.ts';
import { customerName } from '../privacy/customerData.ts';
import { wordOf } from './executionContext.ts';
import type { ProfileRecord, WorkItemRecord } from './records.ts';
import type { WorkItemUpdate } from './workItemUpdate.ts';

/**
 * How the conversation of a work item is found.
 *
 * - `workItem`: by its id, which was remembered: a bot saw it when its conversation began, or the API told.
 * - `socialProfile`: by the customer's social profile, remembered likewise or from another work item of theirs. Like
 *   `customer`, it finds nothing for one who has conversations with several businesses.
 * - `customer`: by a column that holds the customer's number, or their user id where it is hidden.
 * - `conversation`: by a column that holds Bluetick's id of the conversation.
 *
 * Which column of `msdyn_ocliveworkitem` holds a customer's number is not documented (facts/providers.md 6.4): it is
 * usually one that an administrator has added and fills.
 */
export type Correlation =
  | { readonly by: 'workItem' | 'socialProfile' }
  | { readonly by: 'customer' | 'conversation'; readonly column: string };

/** By what was remembered: it works without columns of one's own. */
export const defaultCorrelations: readonly Correlation[] = [{ by: 'workItem' }, { by: 'socialProfile' }];

/** What a search looks at. */
export interface Searched {
  readonly store: Pick<Store, 'conversation'>;
  readonly channels: readonly Pick<Channel, 'name' | 'businesses'>[];
  /** What was remembered of the work item, and of its social profile. */
  readonly item: WorkItemRecord | undefined;
  readonly profile: ProfileRecord | undefined;
}

/** A conversation; or why there is none. */
export type Correlated =
  | { readonly conversation: Conversation; readonly because?: never }
  | { readonly conversation?: never; readonly because: string };

/** Finds the conversation of a work item: the first way that finds one has found it. */
export async function correlate(
  update: Pick<WorkItemUpdate, 'columns'>,
  correlations: readonly Correlation[],
  searched: Searched,
): Promise<Correlated> {
  const { store } = searched;
  const missed: string[] = [];
  for (const correlation of correlations) {
    const found = await find(correlation);
    if (typeof found !== 'string') return { conversation: found };
    missed.push(`${nameOf(correlation)}: ${found}`);
  }
  return { because: missed.join('; ') };

  async function find(correlation: Correlation): Promise<Conversation | string> {
    switch (correlation.by) {
      case 'workItem':
        return byAddress(searched.item?.of);
      case 'socialProfile':
        // A profile is the customer's on their channel, whichever of the businesses they write to.
        return searched.profile ? byCustomer(searched.profile.of.customer) : 'nobody has told whose it is';
      case 'conversation': {
        const id = textIn(correlation.column);
        if (id === '') return 'the column is not in the body';
        return (await store.conversation(id)) ?? 'there is no conversation of this id';
      }
      case 'customer':
        return byCustomer(customerName(textIn(correlation.column)));
    }
  }

  async function byAddress(of: Address | undefined): Promise<Conversation | string> {
    if (of === undefined) return 'nobody has told whose it is';
    return (await store.conversation(of)) ?? 'the customer has not written yet';
  }

  async function byCustomer(customer: string): Promise<Conversation | string> {
    if (customer === '') return 'the column is not in the body';
    const addresses = searched.channels.flatMap(({ name: channel, businesses }) =>
      businesses.map(business => ({ channel, business, customer })),
    );
    const asked = await Promise.all(addresses.map(address => store.conversation(address)));
    const [found, another] = asked.filter(conversation => conversation !== undefined);
    // To guess could show one conversation as read because an agent has opened the other.
    if (another !== undefined) return 'the customer has conversations with several businesses';
    return found ?? 'the customer has not written yet';
  }

  function textIn(column: string): string {
    return wordOf(update.columns.get(column.toLowerCase())).trim();
  }
}

function nameOf(correlation: Correlation): string {
  return 'column' in correlation ? `${correlation.by}:${correlation.column}` : correlation.by;
}
