import type { Request, Response, Server } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import type { Cookie } from '../access/cookie.ts';
import type { EntraSignIn } from '../access/entra/entraSignIn.ts';
import { returnPath } from '../access/entra/returnPath.ts';
import type { Sessions } from '../access/sessions.ts';
import { isLocalUrl } from '../isLocal.ts';
import type { OpenLimit } from './api.ts';
import { queryOf } from './page.ts';
import { header, respondError } from './respond.ts';

const path = '/sign-in/entra';

/**
 * `GET /sign-in/entra` `?return=`: to Entra ID. `GET /sign-in/entra/callback`: back from there, signed in, or to the first
 * page with `?error=forbidden` for who has no role, `?error=failed` for the rest.
 */
export function addEntraSignInRoutes(
  server: Server,
  parts: {
    signIn: Pick<EntraSignIn, 'begin' | 'finish'>;
    sessions: Pick<Sessions, 'begin'>;
    /** What holds the session. */
    cookie: Cookie;
    /** What holds the transaction while the browser is at Entra ID. */
    transactionCookie: Cookie;
    publicUrl: string | undefined;
    log: Logger;
    openLimit: OpenLimit;
  },
): void {
  const { signIn, sessions, cookie, transactionCookie, publicUrl, log, openLimit } = parts;
  const limit = openLimit();

  server.get(path, limit, async (request: Request, response: Response) => {
    try {
      const returnTo = returnPath(queryOf(request).get('return'));
      const { address, kept } = await signIn.begin(redirectUri(request), returnTo);
      // Entra ID's page brings the browser back: a strict cookie would stay behind.
      response.setHeader('Set-Cookie', transactionCookie.set(kept, 'Lax'));
      goTo(response, address);
    } catch (error) {
      respondError(response, error, log);
    }
  });

  server.get(`${path}/callback`, limit, async (request: Request, response: Response) => {
    try {
      const answer = new URL(redirectUri(request));
      answer.search = queryOf(request).toString();
      const end = await signIn.finish(transactionCookie.read(request.headers), answer);
      const cookies = [transactionCookie.clear()];
      if (end.how === 'done') cookies.push(cookie.set((await sessions.begin(end.who)).text));
      response.setHeader('Set-Cookie', cookies);
      goTo(response, end.how === 'done' ? end.returnTo : `/?error=${end.how}`);
    } catch (error) {
      respondError(response, error, log);
    }
  });

  /** As it is registered at Entra ID. Without `PUBLIC_URL` the host is on loopback, by the name that the browser has for it. */
  function redirectUri(request: Request): string {
    const origin = publicUrl ?? `http://${header(request, 'host')}`;
    if (publicUrl === undefined && !isLocalUrl(origin))
      throw new BluetickError(
        'invalid_request',
        'Host: got another machine, allowed: this one, by its loopback name',
      );
    return `${origin}${path}/callback`;
  }
}

function goTo(response: Response, address: string): void {
  response.setHeader('Location', address);
  response.send(302);
}
