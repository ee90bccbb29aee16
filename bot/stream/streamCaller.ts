import { BluetickError } from '../../middleware/errors.ts';
import type { Access, Asking } from '../access/access.ts';
import { type Caller, may } from '../access/caller.ts';
import type { Sessions } from '../access/sessions.ts';
import type { StreamEvent } from './eventLog.ts';

/** Who asks for the stream, and what they may see of it. */
export interface StreamCaller {
  /** Whether this event is for them: asked for each. */
  sees(event: Pick<StreamEvent, 'conversation'>): boolean;
  /** When their leave ends, in Unix milliseconds: asked again and again, as a session is renewed. Absent: it does not. */
  readonly until?: number;
  /** The id of the session that they read in; its end ends the stream. */
  readonly session?: string;
  /** Whether the session was ended meanwhile, perhaps at another instance: asked now and then. */
  hasEnded?(): Promise<boolean>;
  /** Whose streams are counted together, where there may be few only. Absent: all streams are theirs. */
  readonly counted?: string;
}

/** Tells who asks; or throws `unauthorized` or `forbidden`. */
export type StreamAuthenticate = (request: Asking) => Promise<StreamCaller>;

/**
 * Supervisors and administrators see everything, agents what is about a conversation; an agent's browser sees the
 * conversations that its token names, until the token is over. A stream that is open does not keep its session alive.
 */
export function streamAuthenticator(
  access: Pick<Access, 'admit'>,
  sessions: Pick<Sessions, 'endOf' | 'hasEnded'>,
): StreamAuthenticate {
  return async request => {
    const caller = await access.admit(request, { role: 'agent', granted: true });
    return caller.grant === undefined ? byRole(caller, sessions) : byGrant(caller.grant);
  };
}

function byRole(
  { role, session, agent, expiresAt }: Caller,
  sessions: Pick<Sessions, 'endOf' | 'hasEnded'>,
): StreamCaller {
  const seesAll = may(role, 'supervisor');
  const sees: StreamCaller['sees'] = ({ conversation }) => seesAll || conversation !== undefined;
  if (session === undefined) {
    if (expiresAt === undefined) return { sees };
    return { sees, until: expiresAt, ...(agent !== undefined && { counted: agent }) };
  }
  return {
    sees,
    get until() {
      return sessions.endOf(session);
    },
    session: session.id,
    hasEnded: () => sessions.hasEnded(session),
    counted: session.id,
  };
}

function byGrant({ conversations, expiresAt, agent }: NonNullable<Caller['grant']>): StreamCaller {
  if (conversations === undefined) {
    const message = 'The token names no conversations: whose changes it may see it does not say';
    throw new BluetickError('forbidden', message);
  }
  const own = new Set(conversations);
  return {
    sees: ({ conversation }) => conversation !== undefined && own.has(conversation),
    until: expiresAt,
    counted: agent ?? conversations.join(),
  };
}
