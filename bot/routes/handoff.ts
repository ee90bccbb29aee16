import type { Request, Server } from 'restify';
import { z } from 'zod';
import { BluetickError } from '../../middleware/errors.ts';
import type { Channel, Clock, Store } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { handoffLimits } from '../../middleware/receipts/handoffNotes.ts';
import { whoAsks } from '../access/caller.ts';
import type { ApiRoute } from './api.ts';
import { findConversation } from './findConversation.ts';
import { viewBrief } from './handoffViews.ts';
import { readJson } from './respond.ts';
import { viewConversation } from './views.ts';

const { reasonLength, contextLength } = handoffLimits;

const handoffRequest = z.strictObject({
  reason: z
    .string({ error: `a text of up to ${reasonLength} characters` })
    .max(reasonLength, `a text of up to ${reasonLength} characters`)
    .optional(),
  context: z
    .record(z.string(), z.unknown(), { error: 'an object' })
    .refine(
      context => JSON.stringify(context).length <= contextLength,
      `an object of up to ${contextLength} characters of JSON`,
    )
    .optional(),
});

/**
 * `/api/v1/conversations/{id}/handoff`: `POST` hands the conversation over to agents, `GET` answers what the agent who takes
 * it is given, `DELETE` gives it back to the bot. Done twice, they do no harm.
 */
export function addHandoffRoutes(
  server: Server,
  parts: {
    engine: Pick<Engine, 'handOff' | 'takeBack' | 'handoff'>;
    store: Pick<Store, 'conversationView'>;
    channels: readonly Channel[];
    clock: Clock;
    route: ApiRoute;
  },
): void {
  const { engine, store, channels, clock, route } = parts;
  const path = '/api/v1/conversations/:id/handoff';
  const view = async (request: Request) => {
    const conversation = await findConversation(store, request);
    const capabilities = channels.find(({ name }) => name === conversation.channel)?.capabilities;
    return viewConversation(conversation, capabilities, clock.now());
  };

  server.post(
    path,
    route(
      async (request, caller) => {
        const { id } = await findConversation(store, request);
        await engine.handOff(id, await readJson(request, handoffRequest), whoAsks(caller));
        return view(request);
      },
      { role: 'agent' },
    ),
  );

  server.get(
    path,
    route(
      async request => {
        const { id } = await findConversation(store, request);
        const brief = await engine.handoff(id);
        if (brief === undefined)
          throw new BluetickError('conflict', 'No hand-off of the conversation is under way');
        return viewBrief(brief);
      },
      { role: 'agent' },
    ),
  );

  server.del(
    path,
    route(
      async (request, caller) => {
        const { id } = await findConversation(store, request);
        await engine.takeBack(id, whoAsks(caller));
        return view(request);
      },
      { role: 'agent' },
    ),
  );
}
