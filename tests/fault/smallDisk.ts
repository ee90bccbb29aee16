import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is left when there is no more room, in bytes: a few messages. */
const leftOver = 64 * 1024;

/** A disk of our own that can be filled: a file system in memory. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * `undefined`, and one line that says so, where this process may not mount anything: no package brings that right.
   *
   * @param megabytes its size
   */
  static async mount(megabytes = 8): Promise<SmallDisk | undefined> {
    const folder = await mkdtemp(join(tmpdir(), 'bluetick-disk-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
      return new SmallDisk(folder);
    } catch {
      await rm(folder, { recursive: true });
      process.stderr.write('Left out: a full disk: needs the right to mount a file system\n');
      return undefined;
    }
  }

  /** @param left what is left, in bytes */
  async fill(left = leftOver): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder);
    await writeFile(this.#filler, Buffer.alloc(bavail * bsize - left));
  }

  async free(): Promise<void> {
    await truncate(this.#filler);
  }

  async unmount(): Promise<void> {
    await run('umount', [this.folder]);
    await rm(this.folder, { recursive: true });
  }

  get #filler(): string {
    return join(this.folder, 'filler');
  }
}

/** Whether {@link limitFiles} works here: it needs the `prlimit` of util-linux. */
export async function canLimitFiles(): Promise<boolean> {
  return run('prlimit', ['--version']).then(
    () => true,
    () => false,
  );
}

/** Lets no file of a process grow beyond what its write-ahead log has now, and a little; or again as it likes. */
export async function limitFiles(pid: number, database: string | undefined): Promise<void> {
  const limit = database === undefined ? 'unlimited' : (await stat(`${database}-wal`)).size + leftOver;
  await run('prlimit', ['--pid', String(pid), `--fsize=${limit}:`]);
}
