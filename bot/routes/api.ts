import type { IncomingMessage } from 'node:http';
import { pino } from 'pino';
import restify, { type Request, type RequestHandler, type Response } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import type { Access } from '../access/access.ts';
import type { Caller, Role } from '../access/caller.ts';
import { respondError } from './respond.ts';

/** Requests a second that one caller may make, and how many more at once. An agent's console needs a tenth of it. */
const perSecond = 100;
const burst = 200;

/** What a route asks of its caller, and how it answers. */
export interface RouteOptions {
  /** Who may call: whoever has this role, or a higher one. Default `administrator`. */
  readonly role?: Role;
  /** Whether agents' tokens (`POST /api/v1/tokens`) open it too: the route then looks at what `caller.grant` lets them do. */
  readonly granted?: boolean;
  /** The status of an answer. Default 200; with 204 there is no body. */
  readonly status?: number;
}

/**
 * Makes a route of the API: limited, authenticated, answered with what `act` gives; errors in the one form.
 *
 * @param act what it does. It may answer by itself, as a file does: then what it gives is left aside
 */
export type ApiRoute = (
  act: (request: Request, caller: Caller, response: Response) => unknown,
  options?: RouteOptions,
) => RequestHandler[];

/** The way into the API, the same for all of its routes. A caller is an address: whoever has no key is limited too. */
export function apiRoute(access: Access, log: Logger): ApiRoute {
  const limit = apiLimit();
  return (act, { role = 'administrator', granted = false, status = 200 } = {}) => [
    limit,
    async (request: Request, response: Response) => {
      try {
        const caller = await access.admit(request, { role, granted });
        const setCookie = await access.renew(caller, request);
        if (setCookie !== undefined) response.setHeader('Set-Cookie', setCookie);
        const answer = await act(request, caller, response);
        if (response.headersSent) return;
        if (status === 204) response.send(204);
        else response.json(status, answer);
      } catch (error) {
        respondError(response, error, log);
      }
    },
  ];
}

/** The limit of the API, for routes that anybody may ask. */
export function apiLimit(): RequestHandler {
  return restify.plugins.throttle({ rate: perSecond, burst, ip: true });
}

/**
 * The same limit for what comes by no route, as a WebSocket does.
 *
 * @returns rejects with `rate_limited` a caller that asks too often
 */
export function callerLimit(): (request: IncomingMessage) => Promise<void> {
  const limit = apiLimit();
  const log = pino({ level: 'silent' });
  return async ({ socket }) => {
    // All that restify's limiter (12.0.0, `rateLimit`) looks at.
    const request = { socket, log } as unknown as Request;
    limit(request, {} as Response, (error: unknown) => {
      if (error !== undefined)
        throw new BluetickError('rate_limited', 'Too many requests: come again in a second');
    });
  };
}
