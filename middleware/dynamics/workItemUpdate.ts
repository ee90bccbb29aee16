import { type Columns, guidOf, readExecution } from './executionContext.ts';
import { eventOf, type WorkItemEvent } from './statusChange.ts';

/** What a write to a work item tells: Dynamics 365's word for one of its conversations is "live work item". */
export interface WorkItemUpdate {
  /** The id of the work item. */
  readonly workItem: string;
  /** When it was written, in Unix milliseconds; absent: nobody said. */
  readonly at?: number;
  /** What it is for the conversation; absent: nothing that an agent did. */
  readonly event?: WorkItemEvent;
  /** The agent whose it is, by the id of the user in Dynamics. */
  readonly agent?: string;
  /** The customer's social profile in Dynamics. */
  readonly socialProfile?: string;
  /** The row as far as it is known: what was written, over the image after it. */
  readonly columns: Columns;
}

/** What came of reading one body. */
export type ReadUpdate =
  | { readonly what: 'update'; readonly update: WorkItemUpdate }
  /** It is of another table or message: nothing of ours. */
  | { readonly what: 'ignored'; readonly because: string }
  /** It should be ours, and cannot be read. */
  | { readonly what: 'unreadable'; readonly because: string };

/** The table of conversations. */
const workItemTable = 'msdyn_ocliveworkitem';

/**
 * Reads the body of a Dataverse webhook that is registered for the table `msdyn_ocliveworkitem`, purely.
 *
 * `Depth` is not looked at: routing itself runs in plug-ins, so writes that matter come nested, and as Bluetick writes
 * nothing into Dataverse no circle can close.
 */
export function readWorkItemUpdate(body: unknown): ReadUpdate {
  const execution = readExecution(body);
  const { message, table, row, at, target, after } = execution;
  if (table !== workItemTable) return { what: 'ignored', because: `the table is not ${workItemTable}` };
  if (message !== 'Update' && message !== 'Create')
    return { what: 'ignored', because: 'the message is neither Create nor Update' };
  if (row === undefined) return { what: 'unreadable', because: 'PrimaryEntityId is no id' };
  if (target === undefined)
    return { what: 'unreadable', because: 'InputParameters have no Target, which holds what was written' };

  const columns = new Map([...after, ...target]);
  const event = eventOf(execution);
  const agent = guidOf(columns.get('msdyn_activeagentid'));
  const socialProfile = guidOf(columns.get('msdyn_socialprofileid'));
  return {
    what: 'update',
    update: {
      workItem: row,
      columns,
      ...(at !== undefined && { at }),
      ...(event !== undefined && { event }),
      ...(agent !== undefined && { agent }),
      ...(socialProfile !== undefined && { socialProfile }),
    },
  };
}
