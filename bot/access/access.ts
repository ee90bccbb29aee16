import type { IncomingMessage } from 'node:http';
import { sameSecret } from '../../middleware/channels/sameSecret.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { KeyCheck } from './administratorKey.ts';
import type { AgentTokens } from './agentTokens.ts';
import { type Caller, may, type Role } from './caller.ts';
import type { Cookie } from './cookie.ts';
import { isOwnPage } from './ownPage.ts';
import type { Session, Sessions } from './sessions.ts';

/** What of a request tells who asks, and where from. */
export type Asking = Pick<IncomingMessage, 'headers' | 'method'> & {
  readonly socket?: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/** What is asked of a caller. */
export interface Needs {
  readonly role: Role;
  /** Whether agents' tokens are taken. */
  readonly granted: boolean;
}

/** What {@link createAccess} is made of. */
export interface AccessParts {
  /** Which of the administrator's keys this is. */
  readonly keyOf: KeyCheck;
  readonly tokens: Pick<AgentTokens, 'read'>;
  readonly sessions: Pick<Sessions, 'read' | 'renew'>;
  readonly cookie: Cookie;
  /** Reads an access token of Entra ID; absent: none are taken. */
  readonly readEntraToken?: (authorization: string) => Promise<Caller>;
  /** `PUBLIC_URL`: whose pages are ours. */
  readonly publicUrl: string | undefined;
}

/** Who may do what. */
export interface Access {
  /**
   * Lets a caller in, by rules in this order:
   *
   * 1. Whoever names a key or a token is that, or nobody: a cookie beside it does not count.
   * 2. A token of ours opens only what takes one.
   * 3. A session that changes something proves that the console's own page asks: no other page by what the browser says, and
   *    the session's `csrf` in `x-csrf-token`.
   * 4. The role must do.
   *
   * @throws BluetickError `unauthorized` by 1 and 2, `forbidden` by 3 and 4, `store_unavailable` or `keys_unavailable` where
   *   nobody can tell now
   */
  admit(request: Asking, needs: Needs): Promise<Caller>;
  /**
   * The header `Set-Cookie` with which a session goes on, as its owner acts; `undefined`: there is none, it is not time, or the
   * page asks by itself, as it says by `x-unattended`, or as browsers say of a picture that it shows.
   */
  renew(caller: Caller, request: Asking): Promise<string | undefined>;
}

/** What does not change anything, and so needs no proof of the page. */
const safeMethods = ['GET', 'HEAD', 'OPTIONS'];

/** Three parts, as a token has: a key that looks so is still tried as a key where the token is none. */
const tokenForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Makes it. */
export function createAccess(parts: AccessParts): Access {
  const { keyOf, tokens, sessions, cookie, readEntraToken, publicUrl } = parts;

  return {
    async admit(request, { role, granted }) {
      const caller = await callerOf(request, granted);
      const { session } = caller;
      if (session !== undefined) checkPage(request, session, publicUrl);
      if (!may(caller.role, role)) {
        throw new BluetickError('forbidden', `Your role is ${caller.role}, and this needs ${role}`);
      }
      return caller;
    },

    async renew({ session }, request) {
      const renewed = session && isAttended(request) && (await sessions.renew(session));
      return renewed ? cookie.set(renewed.text) : undefined;
    },
  };

  async function callerOf(request: Asking, granted: boolean): Promise<Caller> {
    const { authorization, 'x-api-key': apiKey } = request.headers;
    if (authorization === undefined && apiKey === undefined) return inSession(request);
    const bearer = authorization?.match(/^Bearer (.+)$/i)?.[1];
    if (bearer !== undefined && tokenForm.test(bearer)) {
      const found = await byToken(bearer, granted);
      if (found !== undefined) return found;
    }
    const sent = bearer ?? (Array.isArray(apiKey) ? apiKey[0] : apiKey);
    const key = sent === undefined ? undefined : keyOf(sent);
    if (key === undefined) throw unauthorized();
    return { role: 'administrator', via: 'key', counted: `key ${key}` };
  }

  async function byToken(bearer: string, granted: boolean): Promise<Caller | undefined> {
    const grant = await tokens.read(bearer).catch(() => undefined);
    if (grant !== undefined) {
      if (!granted) throw unauthorized();
      const { agent, conversations, expiresAt } = grant;
      const counted = `agent ${agent ?? conversations?.join() ?? ''}`;
      return {
        role: 'agent',
        via: 'token',
        grant,
        expiresAt,
        counted,
        ...(agent !== undefined && { agent }),
      };
    }
    return readEntraToken?.(`Bearer ${bearer}`).catch(error => {
      if (error instanceof BluetickError && error.code === 'unauthorized') return undefined;
      throw error;
    });
  }

  async function inSession({ headers }: Asking): Promise<Caller> {
    const text = cookie.read(headers);
    const session = text === undefined ? undefined : await sessions.read(text);
    if (session === undefined) throw unauthorized();
    const { role, agent } = session;
    const counted = `session ${session.id}`;
    return { role, via: 'session', session, counted, ...(agent !== undefined && { agent }) };
  }
}

/** Whether somebody may be there: what a page asks for by its code has the destination `empty` (Fetch Metadata). */
function isAttended({ headers }: Asking): boolean {
  const { 'x-unattended': unattended, 'sec-fetch-dest': destination = 'empty' } = headers;
  return unattended === undefined && destination === 'empty';
}

function checkPage({ method = '', headers }: Asking, session: Session, publicUrl: string | undefined): void {
  if (safeMethods.includes(method)) return;
  const { 'x-csrf-token': sent } = headers;
  const isProved = typeof sent === 'string' && sameSecret(sent, session.csrf);
  if (isProved && isOwnPage(headers, publicUrl)) return;
  const message = 'Only the console’s own page may change something: send the session’s csrf as x-csrf-token';
  throw new BluetickError('forbidden', message);
}

function unauthorized(): BluetickError {
  return new BluetickError(
    'unauthorized',
    'Send the key as "Authorization: Bearer <key>" or "x-api-key: <key>"',
  );
}
