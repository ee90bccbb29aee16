import type { Clock, Logger, Store } from '../../middleware/ports.ts';
import type { SignInConfig } from '../config/signIn.ts';
import { type Access, createAccess } from './access.ts';
import { type KeyCheck, keyCheck } from './administratorKey.ts';
import { AgentTokens } from './agentTokens.ts';
import { type Cookie, cookie } from './cookie.ts';
import type { ApiKeys } from './derivedKeys.ts';
import { EndedSessions } from './endedSessions.ts';
import { EntraSignIn } from './entra/entraSignIn.ts';
import { entraTokens } from './entra/entraTokens.ts';
import { Sessions } from './sessions.ts';

/** Who may do what, and by which ways people come to be somebody. */
export interface AccessWays {
  readonly access: Access;
  /** Which of the administrator's keys this is. */
  readonly keyOf: KeyCheck;
  readonly tokens: AgentTokens;
  readonly sessions: Sessions;
  /** What holds a session. */
  readonly cookie: Cookie;
  /** The sign-in by Entra ID, and what holds its transaction; absent: it is not set. */
  readonly entra: { readonly signIn: EntraSignIn; readonly transactionCookie: Cookie } | undefined;
}

/**
 * Puts it together by the settings.
 *
 * @param parts.publicUrl `PUBLIC_URL`
 * @param parts.clientSecret `BLUETICK_ENTRA_CLIENT_SECRET` as it is now; default as it was at the start
 */
export function composeAccess(parts: {
  readonly apiKeys: ApiKeys;
  readonly signIn: SignInConfig;
  readonly clientSecret?: () => string | undefined;
  readonly publicUrl: string | undefined;
  readonly store: Pick<Store, 'readState' | 'writeState'>;
  readonly clock: Clock;
  readonly log: Logger;
}): AccessWays {
  const { apiKeys, publicUrl, store, clock, log } = parts;
  const { idleMs, entra } = parts.signIn;
  const keyOf = keyCheck(apiKeys);
  const tokens = new AgentTokens(apiKeys, clock);
  const sessions = new Sessions(apiKeys, { idleMs, ended: new EndedSessions(store, clock), clock });
  const sessionCookie = cookie('bluetick-session', publicUrl);
  const readEntraToken = entra && entraTokens(entra, clock);
  const ways = { keyOf, tokens, sessions, cookie: sessionCookie };
  return {
    ...ways,
    access: createAccess({ ...ways, publicUrl, ...(readEntraToken && { readEntraToken }) }),
    entra: entra?.client && {
      signIn: new EntraSignIn({
        config: { ...entra, client: entra.client },
        clientSecret: () => parts.clientSecret?.() ?? String(entra.client?.secret),
        apiKeys,
        clock,
        log,
      }),
      transactionCookie: cookie('bluetick-sign-in', publicUrl),
    },
  };
}
