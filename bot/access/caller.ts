import type { ByAgent } from '../../middleware/audit.ts';
import type { GrantedToken } from './agentTokens.ts';
import type { Session } from './sessions.ts';

/** What people are to Bluetick, each role with all that the ones before it may do. */
export const roles = ['agent', 'supervisor', 'administrator'] as const;

/** See {@link roles}. */
export type Role = (typeof roles)[number];

/** Whether who has one role may do what needs another. */
export function may(has: Role, needed: Role): boolean {
  return roles.indexOf(has) >= roles.indexOf(needed);
}

/** Who asks. */
export interface Caller {
  readonly role: Role;
  /** How they proved it: the administrator's key, a session of the console, or a token of ours or of Entra ID. */
  readonly via: 'key' | 'session' | 'token';
  /** What colleagues and the audit know them by. Absent: nobody said. */
  readonly agent?: string;
  /** What a token of ours lets them do; the routes that take one look at it. */
  readonly grant?: GrantedToken;
  /** The session that they asked in. */
  readonly session?: Session;
  /** What their requests are counted by: it tells them from others and says nothing. Absent: they are not counted. */
  readonly counted?: string;
  /** When a token of theirs ends, in Unix milliseconds. */
  readonly expiresAt?: number;
}

/** Who asks, as the audit keeps it. */
export function whoAsks({ agent, via }: Caller): ByAgent {
  return { via, ...(agent !== undefined && { agent }) };
}
