import { type CommandParts, runCommand } from '../../middleware/commands/command.ts';
import { commands } from '../../middleware/commands/commands.ts';
import { createPolicyBook } from '../../middleware/policy/policyBook.ts';
import { parsePolicyBook } from '../../middleware/policy/schema.ts';
import { systemClock } from '../../middleware/timing/systemClock.ts';
import { engineWorld, type World, type WorldOptions } from './engineWorld.ts';

/** The engine with its commands. */
export interface CommandWorld extends World {
  readonly parts: CommandParts;
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer
  run(name: string, input: object, by?: { agent?: string }): Promise<any>;
}

/** Builds one; `close` takes it down. */
export async function commandWorld(options: WorldOptions = {}): Promise<CommandWorld> {
  const world = await engineWorld(options);
  const { store, engine, channel } = world;
  const policies = createPolicyBook(parsePolicyBook(options.policies ?? {}), [channel]);
  const parts = { store, engine, channels: [channel], policies, clock: systemClock };
  return {
    ...world,
    parts,
    run: async (name, input, by = {}) => {
      const command = commands.find(each => each.name === name);
      if (command === undefined) throw new Error(`there is no command ${name}`);
      const answer = await runCommand(command, parts, input, { by: 'key', via: 'key', ...by });
      // What it answers is what it says that it answers, and no more.
      return command.output.strict().parse(answer);
    },
  };
}
