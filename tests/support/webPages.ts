import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const sources = ['bot/console/**/*', 'bot/simulator/page/**/*', 'package-lock.json'];

/** Builds the web pages where their sources are newer than what was built: `npm install` has built them in a fresh clone. */
export async function buildPages(): Promise<void> {
  const built = join(root, 'dist', 'web', 'console', 'console.html');
  const builtAt = existsSync(built) ? statSync(built).mtimeMs : 0;
  const isOld = globSync(sources, { cwd: root }).some(name => statSync(join(root, name)).mtimeMs > builtAt);
  if (!isOld) return;
  // Each of mocha's processes loads this file, and none of them but one, at times, needs what it takes to build.
  const { build } = await import('vite');
  const { NODE_ENV } = process.env;
  await build({ configFile: join(root, 'bot', 'console', 'vite.config.ts') });
  // It has made this process, and those that it will start, one of production: bots without a client id do not start there.
  if (NODE_ENV === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = NODE_ENV;
}

/** Once a test run, before all files, also where they run beside each other (Mocha, "Global fixtures"). */
export const mochaGlobalSetup = buildPages;
