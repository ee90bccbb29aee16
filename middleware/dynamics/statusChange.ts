import { type Columns, type Execution, wordOf } from './executionContext.ts';

/** What a change of a work item is for its conversation. */
export type WorkItemEvent = 'accepted' | 'closed';

/**
 * The values of `msdyn_statuschangereason`, in Dynamics' own spelling, and what each is for us (facts/providers.md 6.4).
 * The values are documented; which of them close is read from their names.
 *
 * - `accepted`: an agent is in the conversation. What comes before only routes: a conversation is `Active` while nobody
 *   has clicked "accept".
 * - `closed`: it is over, whoever ended it.
 * - `parked`: neither. It waits for an agent or for the customer, or an agent writes up what came of it; the conversation
 *   stays with the agents until a reason that closes it, or its state, says so.
 */
export const statusChangeReasons = {
  192350001: { name: 'AwaitingAgentAssignment', means: 'parked' },
  192350002: { name: 'AwaitingAgentAcceptance', means: 'parked' },
  192350003: { name: 'InConversation', means: 'accepted' },
  192350004: { name: 'AwaitingCustomerResponse', means: 'parked' },
  192350005: { name: 'AgentMovedToWrapUp', means: 'parked' },
  192350006: { name: 'CustomerDisconnectedOrLeftActiveConversation', means: 'parked' },
  192350007: { name: 'CutomerMovedToWrapUp', means: 'parked' },
  192350008: { name: 'ConversationEndedByAgent', means: 'closed' },
  192350009: { name: 'AutoClosedFromWaitingState', means: 'closed' },
  192350010: { name: 'AutoClosedBySystem', means: 'closed' },
  192350011: { name: 'ClosedDueToOverflow', means: 'closed' },
  // Nobody had accepted it: there is no wrap-up to come.
  192350012: { name: 'CustomerDisconnectedOrLeftOpenConversation', means: 'closed' },
  192350013: { name: 'ConversationEndedByBot', means: 'closed' },
  192350014: { name: 'ClosedDueToFailure', means: 'closed' },
  192350015: { name: 'ForceClosedBySupervisor', means: 'closed' },
  192350016: { name: 'ClosedInDataverseDirectlyByAdmin', means: 'closed' },
  192350017: { name: 'AssignedBySupervisor', means: 'parked' },
} as const;

/** `statecode` Closed and Resolved, `statuscode` Closed and Resolved. */
const closedStates: Readonly<Record<string, readonly unknown[]>> = { statecode: [1, 2], statuscode: [4, 6] };

/**
 * What a write to a work item is for its conversation; `undefined`: nothing. Only what was written counts, and not where
 * the image of the row before shows that it was so already. What ends the conversation has the last word.
 */
export function eventOf({
  target = new Map(),
  before,
}: Pick<Execution, 'target' | 'before'>): WorkItemEvent | undefined {
  const change = (column: string) => changed(target, before, column);
  const reason = change('msdyn_statuschangereason');
  const means = Object.entries(statusChangeReasons).find(([value]) => value === wordOf(reason))?.[1].means;
  const isClosed = Object.entries(closedStates).some(([column, values]) => values.includes(change(column)));
  if (means === 'closed' || isClosed) return 'closed';
  return means === 'accepted' || change('msdyn_isagentaccepted') === true ? 'accepted' : undefined;
}

function changed(target: Columns, before: Columns, column: string): unknown {
  const value = target.get(column);
  return value === before.get(column) ? undefined : value;
}
