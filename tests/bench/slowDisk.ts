import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * What a program is started with so that each of its syncs takes 2 ms longer; `undefined` where this machine cannot do
 * that: it takes Linux and a C compiler by the name of `cc`.
 *
 * @param folder where the library is built
 */
export function slowDisk(folder: string): Readonly<Record<string, string>> | undefined {
  if (process.platform !== 'linux') return undefined;
  const library = join(folder, 'slowDisk.so');
  const source = join(import.meta.dirname, 'slowDisk.c');
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source], { stdio: 'ignore' });
  return status === 0 ? { LD_PRELOAD: library } : undefined;
}
