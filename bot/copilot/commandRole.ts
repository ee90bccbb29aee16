import type { Command } from '../../middleware/commands/command.ts';
import type { Role } from '../access/caller.ts';

/** What sets a policy for one customer is a supervisor's, as it is at `PUT /api/v1/policies/conversation/{id}`. */
const roles: Readonly<Record<string, Role>> = { SetReceiptPolicy: 'supervisor' };

/** The role that a command needs, whichever way it comes. */
export function commandRole({ name }: Pick<Command, 'name'>): Role {
  return roles[name] ?? 'agent';
}
