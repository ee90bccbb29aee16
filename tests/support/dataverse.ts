/** Dataverse's side: the bodies of its webhook, as far as they are known (they are not verified), and their delivery. */

/** What a body is to tell. */
export interface WorkItemWrite {
  readonly workItem: string;
  /** Unix milliseconds; absent: the body does not say. */
  readonly at?: number;
  /** What was written. */
  readonly target?: Readonly<Record<string, unknown>>;
  /** The row before and after. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly table?: string;
  readonly depth?: number;
}

/** The reason that says that an agent is in the conversation, and one that ends it. */
export const inConversation = { msdyn_statuschangereason: option(192350003) };
export const endedByAgent = { msdyn_statuschangereason: option(192350008) };

/** A choice, as Dataverse wraps it. */
export function option(Value: number): object {
  return { __type: 'OptionSetValue:http://schemas.microsoft.com/xrm/2011/Contracts', Value };
}

/** A lookup, as Dataverse wraps it. */
export function reference(Id: string, LogicalName = 'systemuser'): object {
  return { __type: 'EntityReference:http://schemas.microsoft.com/xrm/2011/Contracts', Id, LogicalName };
}

/** A body. */
export function workItemBody(write: WorkItemWrite): object {
  const { workItem, at, target = {}, before, after, depth = 1 } = write;
  const { message = 'Update', table = 'msdyn_ocliveworkitem' } = write;
  return {
    MessageName: message,
    PrimaryEntityName: table,
    PrimaryEntityId: workItem,
    Depth: depth,
    ...(at !== undefined && { OperationCreatedOn: `/Date(${at})/` }),
    InputParameters: [{ key: 'Target', value: entity(target) }],
    PreEntityImages: before ? [{ key: 'before', value: entity(before) }] : [],
    PostEntityImages: after ? [{ key: 'after', value: entity(after) }] : [],
  };
}

function entity(columns: Readonly<Record<string, unknown>>): object {
  return { Attributes: Object.entries(columns).map(([key, value]) => ({ key, value })) };
}

/** What the webhook answers: what came of each body. */
export interface Outcomes {
  readonly items: readonly { readonly outcome: string; readonly because?: string }[];
}

/** Delivers a body as Dataverse does, with the key in the address unless `headers` hold it. */
export function deliverToDataverse(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
}
