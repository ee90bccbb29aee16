import type { Request, Server } from 'restify';
import { z } from 'zod';
import { checkName } from '../../middleware/commands/asking.ts';
import type { Conversation } from '../../middleware/domain.ts';
import type { WorkItems } from '../../middleware/dynamics/workItems.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { Channel, Clock, Store } from '../../middleware/ports.ts';
import { agentEvents } from '../../middleware/receipts/agentReports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import type { GrantedToken } from '../access/agentTokens.ts';
import type { Caller } from '../access/caller.ts';
import type { ApiRoute } from './api.ts';
import { allowOrigin, answerPreflight, type CorsOrigins, refuseOthers } from './cors.ts';
import { findConversation } from './findConversation.ts';
import { viewBrief, viewHoldingNow } from './handoffViews.ts';
import { readJson } from './respond.ts';
import { viewConversation } from './views.ts';
import { findWorkItem } from './workItems.ts';

const name = z.string().max(200);
const agentEvent = z
  .strictObject({ event: z.enum(agentEvents), agent: name.optional(), to: name.min(1).optional() })
  .refine(({ event, to }) => to === undefined || event === 'transferred', {
    path: ['to'],
    error: 'allowed: with the event "transferred"',
  });

/**
 * `POST /api/v1/conversations/{id}/agent-events` and `/work-items/{id}/agent-events`: what an agent did, told by whoever
 * has signed in or has the administrator's key, or, as far as its token goes, by the agent's browser.
 */
export function addAgentEventRoutes(
  server: Server,
  parts: {
    engine: Pick<Engine, 'reportAgent' | 'handoff'>;
    store: Pick<Store, 'conversationView'>;
    workItems: Pick<WorkItems, 'find'>;
    channels: readonly Channel[];
    clock: Clock;
    origins: CorsOrigins;
    route: ApiRoute;
  },
): void {
  const { engine, store, workItems, channels, clock, origins, route } = parts;
  const finders = {
    conversations: (request: Request) => findConversation(store, request),
    'work-items': async (request: Request) => (await findWorkItem(workItems, request)).conversation,
  };

  for (const [kind, find] of Object.entries(finders)) {
    const path = `/api/v1/${kind}/:id/agent-events`;
    const act = async (request: Request, caller: Caller) => {
      const { grant, via } = caller;
      if (grant !== undefined) refuseOthers(origins, request);
      const conversation = await find(request);
      const reported = await readJson(request, agentEvent);
      if (conversation === undefined) throw unknown();
      checkName(caller, reported.agent);
      if (grant !== undefined) checkGrant(grant, conversation, reported);
      const agent = reported.agent ?? caller.agent;
      await engine.reportAgent(conversation.id, reported.event, {
        via,
        ...(agent !== undefined && { agent }),
        ...(reported.to !== undefined && { to: reported.to }),
      });
      const view = await store.conversationView(conversation.id);
      if (view === undefined) throw unknown();
      const capabilities = channels.find(({ name }) => name === view.channel)?.capabilities;
      const shown = viewConversation(view, capabilities, clock.now());
      // An agent's browser reports, and is given nothing of what was said, nor why it came: a token is no way to read.
      if (grant !== undefined) return { ...shown, ...viewHoldingNow(view) };
      const brief = reported.event === 'accepted' ? await engine.handoff(view.id) : undefined;
      return { ...shown, ...(brief && { handoff: viewBrief(brief) }) };
    };
    server.post(path, allowOrigin(origins), ...route(act, { role: 'agent', granted: true }));
    if (origins.length > 0) server.opts(path, answerPreflight(origins));
  }
}

function checkGrant(
  { events, conversations }: GrantedToken,
  conversation: Conversation,
  reported: z.output<typeof agentEvent>,
): void {
  const isOutside = conversations !== undefined && !conversations.includes(conversation.id);
  if (isOutside || !events.includes(reported.event))
    throw new BluetickError('forbidden', 'The token does not go so far');
  // A browser may come before the news that an agent has accepted: `conflict` says that it may come again.
  if (conversation.holder === 'bot')
    throw new BluetickError('conflict', 'No agent holds the conversation, nor does it wait for one');
}

function unknown(): BluetickError {
  return new BluetickError('unknown_conversation', 'There is no such conversation');
}
