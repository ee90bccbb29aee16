import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type SecretSource, unreadable } from './secretSource.ts';

/** The largest file that is read, in bytes: Kubernetes and Key Vault hold secrets of some 25 kB at most. */
const longest = 64 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A folder of files, one a setting, as Docker, Kubernetes and the Key Vault CSI driver mount secrets. Line breaks at the end of
 * a file are not of its value. Folders, and files whose name begins with a dot, are left aside.
 *
 * Kubernetes and the CSI driver put a whole new set in place by one symbolic link, `..data`: it is followed once, so that what is
 * read is all of one set (kubernetes.io/docs/concepts/configuration/secret, "mounted secrets are updated automatically").
 */
export function secretFolder(path: string): SecretSource {
  const source = {
    setting: 'BLUETICK_SECRETS',
    async read(wants) {
      const folder = await realpath(join(path, '..data')).catch(() => path);
      const entries = await list(folder);
      const wanted = entries.filter(entry => !entry.name.startsWith('.') && wants(entry.name));
      const files = wanted.filter(entry => !entry.isDirectory());
      return new Map(await Promise.all(files.map(({ name }) => readOne(folder, name))));
    },
    async close() {},
  } satisfies SecretSource;
  return source;

  function list(folder: string): Promise<Dirent[]> {
    return readdir(folder, { withFileTypes: true }).catch(error => {
      throw unreadable(source, `the folder cannot be read (${codeOf(error)})`, error);
    });
  }

  async function readOne(folder: string, name: string): Promise<[name: string, value: string]> {
    const bytes = await readFile(join(folder, name)).catch(error => {
      throw unreadable(source, `the file ${name} cannot be read (${codeOf(error)})`, error);
    });
    if (bytes.length > longest)
      throw unreadable(source, `the file ${name} is larger than ${longest} bytes, and so no secret`);
    try {
      return [name, utf8.decode(bytes).replace(/[\r\n]+$/, '')];
    } catch {
      throw unreadable(source, `the file ${name} is not UTF-8`);
    }
  }
}

/** Such as `ENOENT`: a message of Node's would show the path. */
function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? 'unknown');
}
