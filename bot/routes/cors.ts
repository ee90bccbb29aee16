import type { Next, Request, RequestHandler, Response } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import { header } from './respond.ts';

/** The origins whose pages may call, as browsers write them. */
export type CorsOrigins = readonly string[];

/** How long a browser need not ask again, in seconds. */
const preflightHoldsS = 600;

/** Lets pages of an allowed origin read the answer, errors too. Others are told nothing of who may. */
export function allowOrigin(origins: CorsOrigins): RequestHandler {
  return (request: Request, response: Response, next: Next) => {
    const origin = header(request, 'origin');
    if (origin !== undefined && origins.includes(origin)) {
      response.header('Access-Control-Allow-Origin', origin);
      response.header('Vary', 'Origin');
    }
    next();
  };
}

/** Answers a browser's question whether a page may post with a token. Pages of other origins get no leave. */
export function answerPreflight(origins: CorsOrigins): RequestHandler[] {
  return [
    allowOrigin(origins),
    async (request: Request, response: Response) => {
      const isAllowed = origins.includes(header(request, 'origin') ?? '');
      if (!isAllowed || header(request, 'access-control-request-method') !== 'POST') {
        response.send(403);
        return;
      }
      response.header('Access-Control-Allow-Methods', 'POST');
      response.header('Access-Control-Allow-Headers', 'authorization, content-type');
      response.header('Access-Control-Max-Age', String(preflightHoldsS));
      response.send(204);
    },
  ];
}

/**
 * Keeps what an agent's browser has from pages that are not the agent's: browsers say where a page is from.
 *
 * @throws BluetickError `forbidden`
 */
export function refuseOthers(origins: CorsOrigins, request: Request): void {
  const origin = header(request, 'origin');
  if (origin !== undefined && !origins.includes(origin))
    throw new BluetickError('forbidden', 'BLUETICK_CORS_ORIGINS does not name the origin of the page');
}
