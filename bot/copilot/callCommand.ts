import { type Command, type CommandParts, runCommand } from '../../middleware/commands/command.ts';
import { asBluetickError, BluetickError, describeError, errorStatus } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import { type Caller, may, whoAsks } from '../access/caller.ts';
import { commandRole } from './commandRole.ts';

/** What commands are called with. */
export interface CallParts {
  readonly work: CommandParts;
  readonly log: Logger;
}

/** What came of a command: its output, or why it was refused. */
export type CommandAnswer = { readonly output: object } | { readonly error: BluetickError };

/**
 * Calls a command for somebody, where every answer goes back in the form of a protocol: a refusal is one too. What
 * was not the caller's fault is logged.
 *
 * @param given as it came
 */
export async function callCommand(
  { work, log }: CallParts,
  command: Command,
  given: unknown,
  caller: Caller,
): Promise<CommandAnswer> {
  try {
    checkRole(command, caller);
    return { output: await runCommand(command, work, given, { by: 'key', ...whoAsks(caller) }) };
  } catch (thrown) {
    const error = asBluetickError(thrown);
    if (errorStatus[error.code] >= 500)
      log.error(
        { command: command.name, ...describeError(error.cause ?? error), code: error.code },
        'A command failed',
      );
    return { error };
  }
}

function checkRole(command: Command, { role }: Caller): void {
  const needed = commandRole(command);
  if (!may(role, needed))
    throw new BluetickError('forbidden', `Your role is ${role}, and this needs ${needed}`);
}
