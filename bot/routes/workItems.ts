import type { Request, Server } from 'restify';
import { z } from 'zod';
import { channelNames } from '../../middleware/domain.ts';
import { guidOf } from '../../middleware/dynamics/executionContext.ts';
import type { FoundWorkItem, WorkItems } from '../../middleware/dynamics/workItems.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { Store } from '../../middleware/ports.ts';
import type { ApiRoute } from './api.ts';
import { isoTime } from './messageViews.ts';
import { readJson } from './respond.ts';

const id = z
  .string()
  .max(100)
  .transform(guidOf)
  .pipe(z.string({ error: 'allowed: an id of Dynamics 365, a GUID' }));
const end = z.string().min(1).max(200);
const socialProfile = id.optional();
const link = z.union(
  [
    z.strictObject({ conversation: end, socialProfile }),
    z.strictObject({ channel: z.enum(channelNames), business: end, customer: end, socialProfile }),
  ],
  'allowed: { conversation, socialProfile? } or { channel, business, customer, socialProfile? }',
);

/**
 * `PUT /api/v1/work-items/{id}`: whose a conversation of Dynamics 365 is, told by whoever knows: a flow, or an agent of
 * Copilot Studio. `GET`: what is known of it.
 */
export function addWorkItemRoutes(
  server: Server,
  parts: { workItems: WorkItems; store: Pick<Store, 'conversation'>; route: ApiRoute },
): void {
  const { workItems, store, route } = parts;
  server.get(
    '/api/v1/work-items/:id',
    route(async request => view(await findWorkItem(workItems, request))),
  );
  server.put(
    '/api/v1/work-items/:id',
    route(async request => {
      const workItem = idIn(request);
      const { socialProfile, ...whose } = await readJson(request, link);
      const of = 'conversation' in whose ? await store.conversation(whose.conversation) : whose;
      if (of === undefined) throw new BluetickError('unknown_conversation', 'There is no such conversation');
      await workItems.remember({ workItem, socialProfile }, of);
      return view(await findWorkItem(workItems, request));
    }),
  );
}

/**
 * The work item that the address of a request names.
 *
 * @throws BluetickError `unknown_item`, `invalid_request`
 */
export async function findWorkItem(
  workItems: Pick<WorkItems, 'find'>,
  request: Request,
): Promise<FoundWorkItem> {
  const found = await workItems.find(idIn(request));
  if (found === undefined) throw new BluetickError('unknown_item', 'Nothing is known of this work item');
  return found;
}

function idIn({ params }: Request): string {
  const workItem = guidOf(params.id);
  if (workItem !== undefined) return workItem;
  throw new BluetickError('invalid_request', 'id: allowed: an id of Dynamics 365, a GUID', { field: 'id' });
}

function view({ conversation, event, at, applied, agent }: FoundWorkItem) {
  return {
    ...(conversation && { conversation: conversation.id }),
    ...(event && { event, applied }),
    ...(at !== undefined && { at: isoTime(at) }),
    ...(agent && { agent }),
  };
}
