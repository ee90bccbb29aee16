import type { Server } from 'restify';
import { z } from 'zod';
import { type AgentTokens, agentGrant } from '../access/agentTokens.ts';
import type { ApiRoute } from './api.ts';
import { isoTime } from './messageViews.ts';
import { readJson } from './respond.ts';

const minuteMs = 60_000;

/**
 * A quarter of an hour by default: an agent's page asks its own server for the next one, and a token that gets away is
 * soon worth nothing. An hour at most.
 */
const minutes = z
  .number({ error: 'allowed: 1 to 60' })
  .min(1, 'allowed: 1 to 60')
  .max(60, 'allowed: 1 to 60')
  .default(15);

const tokenRequest = agentGrant.extend({ minutes });

/** `POST /api/v1/tokens` `{ events?, conversations?, agent?, minutes? }`: a token for an agent's browser. */
export function addTokenRoute(
  server: Server,
  { tokens, route }: { tokens: Pick<AgentTokens, 'issue'>; route: ApiRoute },
): void {
  server.post(
    '/api/v1/tokens',
    route(
      async request => {
        const { minutes, ...grant } = await readJson(request, tokenRequest);
        const { token, expiresAt } = await tokens.issue(grant, minutes * minuteMs);
        return { token, expiresAt: isoTime(expiresAt), ...grant };
      },
      { status: 201 },
    ),
  );
}
