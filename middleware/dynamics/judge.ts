import type { ConversationRecord, WorkItemRecord } from './records.ts';
import type { WorkItemEvent } from './statusChange.ts';

/** What is to be done with an event. */
export type Verdict =
  /** The conversation is told. */
  | { readonly what: 'apply' }
  /** It is known already. */
  | { readonly what: 'repeated' }
  /** Something newer has been said of the work item. */
  | { readonly what: 'superseded'; readonly because: string }
  /** It is the newest of the work item, and the conversation is about another one by now. */
  | { readonly what: 'outdone'; readonly because: string };

const apply: Verdict = { what: 'apply' };
const repeated: Verdict = { what: 'repeated' };

/**
 * What an event of a work item still means, purely. Dataverse promises neither order nor that an event comes once, so the
 * newest by its own clock stands, and of two at one time the one that closes.
 *
 * @param event what came, of which work item, and when it happened
 * @param item what is kept of the work item
 * @param latest what is kept of its conversation, where it is known: a customer has one conversation and, over time, many
 *   work items, so a late end of one must not end the next
 */
export function judge(
  event: { readonly event: WorkItemEvent; readonly at: number; readonly workItem: string },
  item: WorkItemRecord | undefined,
  latest: ConversationRecord | undefined,
): Verdict {
  if (item?.event !== undefined && item.at !== undefined) {
    const isSame = event.event === item.event;
    if (event.at < item.at || (event.at === item.at && !isSame && item.event === 'closed'))
      return { what: 'superseded', because: 'a newer event of the work item has come before' };
    // What has ended ends once: by now the bot may hold messages of its own. One who accepts anew has it anew.
    if (isSame && item.applied && (event.at === item.at || event.event === 'closed')) return repeated;
  }
  if (latest === undefined || latest.workItem === event.workItem) return apply;
  if (event.at < latest.at)
    return { what: 'outdone', because: 'a newer work item of the customer has come before' };
  return event.event === 'closed' && latest.event === 'accepted'
    ? { what: 'outdone', because: 'an agent has another work item of the customer' }
    : apply;
}
