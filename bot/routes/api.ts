import type { IncomingMessage } from 'node:http';
import { pino } from 'pino';
import restify, { type Request, type RequestHandler, type Response } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import type { Authenticate } from './authenticate.ts';
import { respondError } from './respond.ts';

/** Requests a second that one caller may make, and how many more at once. An agent's console needs a tenth of it. */
const perSecond = 100;
const burst = 200;

/**
 * Makes a route of the API: limited, authenticated, answered with what `act` gives; errors in the one form.
 *
 * @param status of an answer; default 200
 */
export type ApiRoute<Caller = void> = (
  act: (request: Request, caller: Caller) => unknown,
  status?: number,
) => RequestHandler[];

/** The way into the API, the same for all of its routes. A caller is an address: whoever has no key is limited too. */
export function apiRoute<Caller>(authenticate: Authenticate<Caller>, log: Logger): ApiRoute<Caller> {
  const limit = restify.plugins.throttle({ rate: perSecond, burst, ip: true });
  return (act, status = 200) => [
    limit,
    async (request: Request, response: Response) => {
      try {
        const caller = await authenticate(request);
        response.json(status, await act(request, caller));
      } catch (error) {
        respondError(response, error, log);
      }
    },
  ];
}

/**
 * The same limit for what comes by no route, as a WebSocket does.
 *
 * @returns rejects with `rate_limited` a caller that asks too often
 */
export function callerLimit(): (request: IncomingMessage) => Promise<void> {
  const limit = restify.plugins.throttle({ rate: perSecond, burst, ip: true });
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
