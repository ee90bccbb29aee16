import { z } from 'zod';
import { type Role, roles } from '../caller.ts';

/** The app roles of the registration at Entra ID; docs/sign-in.md says how they are made. */
const appRoles: Readonly<Record<Role, string>> = {
  agent: 'Bluetick.Agent',
  supervisor: 'Bluetick.Supervisor',
  administrator: 'Bluetick.Administrator',
};

/** The claims of a token that are looked at. The rest, and what is of another form, is left aside. */
const claims = z.object({
  tid: z.string(),
  roles: z.array(z.string()).catch([]),
  name: z.string().min(1).optional().catch(undefined),
  preferred_username: z.string().min(1).optional().catch(undefined),
});

/** The longest name that is kept, in characters. */
const longestName = 80;

/** Who a token of Entra ID is about. */
export type WhoIs =
  | { readonly role: Role; readonly agent?: string }
  /** Another tenant's, or nobody gave them a role. */
  | 'nobody';

/**
 * Reads who a token is about, once its signature, issuer and audience are right: the highest of their roles, and the name
 * that colleagues know them by.
 */
export function whoIs(payload: unknown, tenantId: string): WhoIs {
  const read = claims.safeParse(payload);
  if (!read.success || read.data.tid !== tenantId) return 'nobody';
  const { roles: given, name, preferred_username: userName } = read.data;
  const role = roles.findLast(each => given.includes(appRoles[each]));
  if (role === undefined) return 'nobody';
  const agent = (name ?? userName)?.slice(0, longestName);
  return { role, ...(agent !== undefined && { agent }) };
}
