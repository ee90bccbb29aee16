import type { Request, Server } from 'restify';
import { z } from 'zod';
import type { Conversation } from '../../middleware/domain.ts';
import type { WorkItems } from '../../middleware/dynamics/workItems.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { Channel, Clock, Store } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { agentEvents } from '../../middleware/receipts/handoff.ts';
import type { ApiRoute } from './api.ts';
import type { Reporter } from './authenticate.ts';
import { allowOrigin, answerPreflight, type CorsOrigins, refuseOthers } from './cors.ts';
import { findConversation } from './findConversation.ts';
import { readJson } from './respond.ts';
import { viewConversation } from './views.ts';
import { findWorkItem } from './workItems.ts';

const agentEvent = z.strictObject({ event: z.enum(agentEvents), agent: z.string().max(200).optional() });

/**
 * `POST /api/v1/conversations/{id}/agent-events` and `/work-items/{id}/agent-events`: what an agent did, told by whoever
 * has the administrator's key, or, as far as its token goes, by the agent's browser.
 */
export function addAgentEventRoutes(
  server: Server,
  parts: {
    engine: Pick<Engine, 'reportAgent'>;
    store: Pick<Store, 'conversationView'>;
    workItems: Pick<WorkItems, 'find'>;
    channels: readonly Channel[];
    clock: Clock;
    origins: CorsOrigins;
    route: ApiRoute<Reporter>;
  },
): void {
  const { engine, store, workItems, channels, clock, origins, route } = parts;
  const finders = {
    conversations: (request: Request) => findConversation(store, request),
    'work-items': async (request: Request) => (await findWorkItem(workItems, request)).conversation,
  };

  for (const [kind, find] of Object.entries(finders)) {
    const path = `/api/v1/${kind}/:id/agent-events`;
    const report = route(async (request, reporter) => {
      if (reporter !== undefined) refuseOthers(origins, request);
      const conversation = await find(request);
      const reported = await readJson(request, agentEvent);
      if (conversation === undefined) throw unknown();
      if (reporter !== undefined) checkGrant(reporter, conversation, reported);
      const agent = reported.agent ?? reporter?.agent;
      const via = reporter === undefined ? 'key' : 'token';
      await engine.reportAgent(conversation.id, reported.event, {
        via,
        ...(agent !== undefined && { agent }),
      });
      const view = await store.conversationView(conversation.id);
      if (view === undefined) throw unknown();
      const capabilities = channels.find(({ name }) => name === view.channel)?.capabilities;
      return viewConversation(view, capabilities, clock.now());
    });
    server.post(path, allowOrigin(origins), ...report);
    if (origins.length > 0) server.opts(path, answerPreflight(origins));
  }
}

function checkGrant(
  { events, conversations, agent }: NonNullable<Reporter>,
  conversation: Conversation,
  reported: z.output<typeof agentEvent>,
): void {
  const isOther = agent !== undefined && reported.agent !== undefined && reported.agent !== agent;
  const isOutside = conversations !== undefined && !conversations.includes(conversation.id);
  if (isOther || isOutside || !events.includes(reported.event))
    throw new BluetickError('forbidden', 'The token does not go so far');
  // A browser may come before the news that an agent has accepted: `conflict` says that it may come again.
  if (conversation.holder === 'bot')
    throw new BluetickError('conflict', 'No agent holds the conversation, nor does it wait for one');
}

function unknown(): BluetickError {
  return new BluetickError('unknown_conversation', 'There is no such conversation');
}
