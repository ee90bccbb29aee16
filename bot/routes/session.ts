import type { Request, Response, Server } from 'restify';
import { z } from 'zod';
import { BluetickError } from '../../middleware/errors.ts';
import type { Clock, Logger } from '../../middleware/ports.ts';
import type { KeyCheck } from '../access/administratorKey.ts';
import type { Caller } from '../access/caller.ts';
import type { Cookie } from '../access/cookie.ts';
import { FailedTries } from '../access/failedTries.ts';
import type { NetworkFrom } from '../access/networkFrom.ts';
import { isOwnPage } from '../access/ownPage.ts';
import type { Sessions } from '../access/sessions.ts';
import { TooManyRequests } from '../access/tooManyRequests.ts';
import type { ApiRoute, OpenLimit } from './api.ts';
import { isoTime } from './messageViews.ts';
import { readJson, respondError } from './respond.ts';

const signInRequest = z.strictObject({
  key: z.string().max(4096, 'allowed: the key of the API'),
  name: z
    .string()
    .trim()
    .min(1, 'allowed: 1 to 80 characters')
    .max(80, 'allowed: 1 to 80 characters')
    .optional(),
});

/**
 * `POST /api/v1/session` `{ key, name? }`: signs a browser in with the administrator's key. `GET`: who is signed in.
 * `DELETE`: signs out. `GET /api/v1/sign-in`: by which ways one can sign in, which everybody may know, and whether this browser
 * has: a page that asks so is refused nothing, which its console would show as an error.
 */
export function addSessionRoutes(
  server: Server,
  parts: {
    keyOf: KeyCheck;
    sessions: Sessions;
    cookie: Cookie;
    /** Whether one can sign in by Entra ID too. */
    hasEntra: boolean;
    /** Whether the simulator is on, and with it the phone. */
    hasSimulator: boolean;
    publicUrl: string | undefined;
    streams: { endSession(session: string): void };
    networkFrom: NetworkFrom;
    clock: Clock;
    log: Logger;
    route: ApiRoute;
    openLimit: OpenLimit;
  },
): void {
  const {
    keyOf,
    sessions,
    cookie,
    hasEntra,
    hasSimulator,
    publicUrl,
    streams,
    networkFrom,
    clock,
    log,
    route,
    openLimit,
  } = parts;
  const tries = new FailedTries(clock);

  server.post('/api/v1/session', openLimit(), async (request: Request, response: Response) => {
    try {
      const { session, text } = await signIn(request);
      response.setHeader('Set-Cookie', cookie.set(text));
      const { role, agent } = session;
      response.json(201, view({ role, via: 'session', session, ...(agent !== undefined && { agent }) }));
    } catch (error) {
      respondError(response, error, log);
    }
  });

  server.get(
    '/api/v1/session',
    route((_request, caller) => view(caller), { role: 'agent' }),
  );

  server.del(
    '/api/v1/session',
    route(
      async (_request, { session }, response) => {
        if (session !== undefined) {
          await sessions.end(session);
          streams.endSession(session.id);
        }
        response.setHeader('Set-Cookie', cookie.clear());
      },
      { role: 'agent', status: 204 },
    ),
  );

  server.get('/api/v1/sign-in', openLimit(), async (request: Request, response: Response) => {
    try {
      const ways = hasEntra ? ['key', 'entra'] : ['key'];
      response.json(200, { ways, simulator: hasSimulator, signedIn: await isSignedIn(request) });
    } catch (error) {
      respondError(response, error, log);
    }
  });

  async function isSignedIn({ headers }: Request): Promise<boolean> {
    const text = cookie.read(headers);
    return text !== undefined && (await sessions.read(text)) !== undefined;
  }

  async function signIn(request: Request) {
    // Another site's page could sign a browser in as somebody else, who then sees what is done in it.
    if (!isOwnPage(request.headers, publicUrl))
      throw new BluetickError('forbidden', 'The page is not of this host, as PUBLIC_URL names it');
    const { key, name } = await readJson(request, signInRequest);
    const address = networkFrom(request);
    const waitMs = tries.waitMs(address);
    if (waitMs > 0) throw new TooManyRequests('Too many wrong keys: come again in a minute', waitMs);
    if (keyOf(key) === undefined) {
      tries.add(address);
      throw new BluetickError('unauthorized', 'The key is wrong');
    }
    return sessions.begin({ role: 'administrator', ...(name !== undefined && { agent: name }) });
  }

  function view({ role, via, agent, session, expiresAt }: Caller) {
    const ends = session === undefined ? expiresAt : sessions.endOf(session);
    return {
      role,
      via,
      ...(agent !== undefined && { agent }),
      ...(ends !== undefined && { expiresAt: isoTime(ends) }),
      ...(session && { csrf: session.csrf, idleMs: sessions.idleMs }),
    };
  }
}
