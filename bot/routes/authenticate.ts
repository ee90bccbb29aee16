import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { AgentTokens, GrantedToken } from '../agentTokens.ts';
import { header } from './respond.ts';

/** Lets a request pass, and answers what its caller may do; or throws `unauthorized`. */
export type Authenticate<Caller = void> = (request: Pick<Request, 'headers'>) => Caller | Promise<Caller>;

/** Who reports what agents do: an agent's browser, or, `undefined`, whoever has the administrator's key. */
export type Reporter = GrantedToken | undefined;

/**
 * Checks the administrator's key, sent as `Authorization: Bearer …` or `x-api-key`. Only its hash is kept, and the
 * comparison takes the same time whatever was sent.
 */
export function authenticator(apiKey: string): Authenticate {
  const expected = digest(apiKey);
  return request => {
    const sent = bearerOf(request) ?? header(request, 'x-api-key');
    if (sent !== undefined && timingSafeEqual(digest(sent), expected)) return;
    throw unauthorized();
  };
}

/** The same for routes that an agent's browser may call as well, with a token of its own. */
export function reporterAuthenticator(
  administrator: Authenticate,
  tokens: Pick<AgentTokens, 'read'>,
): Authenticate<Reporter> {
  return async request => {
    const bearer = bearerOf(request);
    // Three parts, as a token has: a key that looks so would still be tried as a key where the token is none.
    if (bearer !== undefined && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(bearer)) {
      const grant = await tokens.read(bearer).catch(() => undefined);
      if (grant !== undefined) return grant;
    }
    await administrator(request);
    return undefined;
  };
}

function bearerOf(request: Pick<Request, 'headers'>): string | undefined {
  return header(request, 'authorization')?.match(/^Bearer (.+)$/i)?.[1];
}

function unauthorized(): BluetickError {
  return new BluetickError(
    'unauthorized',
    'Send the key as "Authorization: Bearer <key>" or "x-api-key: <key>"',
  );
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
