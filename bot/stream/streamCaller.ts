import type { IncomingMessage } from 'node:http';
import { BluetickError } from '../../middleware/errors.ts';
import type { Authenticate, Reporter } from '../routes/authenticate.ts';
import type { StreamEvent } from './eventLog.ts';

/** Who asks for the stream, and what they may see of it. */
export interface StreamCaller {
  /** Whether this event is for them: asked for each. */
  sees(event: Pick<StreamEvent, 'conversation'>): boolean;
  /** When their leave ends, in Unix milliseconds. Absent: it does not. */
  readonly until?: number;
  /** Whose streams are counted together, where there may be few only. Absent: all streams are theirs. */
  readonly counted?: string;
}

/** Tells who asks; or throws `unauthorized` or `forbidden`. */
export type StreamAuthenticate = (request: Pick<IncomingMessage, 'headers'>) => Promise<StreamCaller>;

/**
 * Whoever has the administrator's key sees everything; an agent's browser sees the conversations that its token names, until
 * the token is over.
 */
export function streamAuthenticator(authenticate: Authenticate<Reporter>): StreamAuthenticate {
  return async request => {
    const reporter = await authenticate(request);
    if (reporter === undefined) return { sees: () => true };
    const { conversations, expiresAt, agent } = reporter;
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
  };
}
