import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const packageFile = join(import.meta.dirname, '..', '..', 'package.json');

/** The oldest Node that `engines` promises, as `22.13.0`. */
export async function oldestPromised(): Promise<string> {
  const { engines } = JSON.parse(await readFile(packageFile, 'utf8')) as { engines: { node: string } };
  const [, major, minor = '0', patch = '0'] = /^>=(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(engines.node) ?? [];
  if (major === undefined) throw new Error(`engines.node is ${engines.node}; expected ">=" and a version`);
  return `${major}.${minor}.${patch}`;
}

/**
 * Brings that Node by npm, as the package that the package `node` itself installs: npm keeps it, so that only the first
 * time takes long.
 *
 * @returns its program; `undefined` where npm cannot bring it to this machine
 */
export async function bringNode(version: string): Promise<string | undefined> {
  const name = `node-${process.platform}-${process.arch}@${version}`;
  const options = ['--yes', '--prefer-offline', '--fetch-retries=0', `--package=${name}`];
  try {
    // Outside of the project, whose own Node would come first.
    const { stdout } = await run('npm', ['exec', ...options, '--', 'node', '-p', 'process.execPath'], {
      cwd: tmpdir(),
      timeout: 120_000,
    });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
