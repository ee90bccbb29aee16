import type { z } from 'zod';
import type { Cause } from '../audit.ts';
import type { ErrorCode } from '../errors.ts';
import { invalidRequest } from '../invalidRequest.ts';
import type { PolicyBook } from '../policy/policyBook.ts';
import type { Channel, Clock, Store } from '../ports.ts';
import type { Engine } from '../receipts/engine.ts';
import { withoutBlanks } from './givenFields.ts';

/** What commands work with. */
export interface CommandParts {
  readonly engine: Pick<Engine, 'markRead' | 'hold' | 'showTyping' | 'patchPolicy' | 'reportAgent' | 'post'>;
  readonly store: Pick<
    Store,
    | 'conversation'
    | 'conversationView'
    | 'message'
    | 'listReceipts'
    | 'openReceipts'
    | 'ledgerEntry'
    | 'listLedger'
  >;
  readonly channels: readonly Channel[];
  readonly policies: Pick<PolicyBook, 'resolve'>;
  readonly clock: Clock;
}

/**
 * One thing that makers ask of Bluetick, the same by every way in: REST, MCP, skill and events are made from this
 * description. Copilot Studio takes neither lists nor nested objects, and 25 fields at most, so both forms are flat.
 */
export interface Command {
  /** In PascalCase: the operation's id, and the tool's name. */
  readonly name: string;
  /** A few words, for a list. */
  readonly summary: string;
  /** What it does and when to use it, so that a model chooses it rightly. */
  readonly description: string;
  /** What it is given: every field with a title, a description and an example. */
  readonly input: z.ZodObject;
  /** What it answers, likewise. */
  readonly output: z.ZodObject;
  /** Whether it only tells, and changes nothing. Default no. */
  readonly readOnly?: true;
  /** The codes of the errors that are its own. Any call may fail by `store_unavailable` beside them. */
  readonly errors: readonly ErrorCode[];
  /** @param input has been read by the schema: see {@link runCommand} */
  run(parts: CommandParts, input: never, by: Cause): Promise<object>;
}

/** Describes a command, with the types of its own schemas. */
export function defineCommand<Input extends z.ZodObject, Output extends z.ZodObject>(
  command: Omit<Command, 'input' | 'output' | 'run'> & {
    readonly input: Input;
    readonly output: Output;
    run(parts: CommandParts, input: z.output<Input>, by: Cause): Promise<z.input<Output>>;
  },
): Command {
  return command as Command;
}

/**
 * Reads what a command is given, and runs it.
 *
 * @param given as it came, from whomever; fields that are blank count as left out, by every way in alike
 * @param by who asks, for the audit
 * @throws BluetickError `invalid_request` that names the field, and what {@link Command.errors} lists
 */
export async function runCommand(
  command: Command,
  parts: CommandParts,
  given: unknown,
  by: Cause,
): Promise<object> {
  const read = command.input.safeParse(withoutBlanks(given));
  if (!read.success) throw invalidRequest(read.error);
  return command.run(parts, read.data as never, by);
}
