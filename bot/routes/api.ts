import type { Next, Request, RequestHandler, Response } from 'restify';
import type { Logger } from '../../middleware/ports.ts';
import type { Access } from '../access/access.ts';
import type { Caller, Role } from '../access/caller.ts';
import type { RequestLimits } from '../access/requestLimits.ts';
import { respondError } from './respond.ts';

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
 * Makes a route of the API: authenticated and limited, answered with what `act` gives; errors in the one form.
 *
 * @param act what it does. It may answer by itself, as a file does: then what it gives is left aside
 */
export type ApiRoute = (
  act: (request: Request, caller: Caller, response: Response) => unknown,
  options?: RouteOptions,
) => RequestHandler[];

/**
 * The way into the API, the same for all of its routes.
 *
 * @param access lets callers in, and none too often: see `limitAccess`
 */
export function apiRoute(access: Access, log: Logger): ApiRoute {
  return (act, { role = 'administrator', granted = false, status = 200 } = {}) => [
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

/** Makes a limit by address, for a route that anybody may ask. */
export type OpenLimit = () => RequestHandler;

/** Makes them. Each counts for itself: who fetches files much signs in all the same. */
export function openLimits(limits: Pick<RequestLimits, 'forStrangers'>, log: Logger): OpenLimit {
  return () => {
    const check = limits.forStrangers();
    return (request: Request, response: Response, next: Next) => {
      try {
        check(request);
      } catch (error) {
        respondError(response, error, log);
        return next(false);
      }
      next();
    };
  };
}
