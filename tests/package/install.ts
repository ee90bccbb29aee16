/** The library as its users get it: packed, and installed into an empty folder. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** What `npm pack` says of what it packed. */
export interface Packed {
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** A folder with the packed library in it. */
export interface Installed {
  readonly folder: string;
  readonly packed: Packed;
  /** The packages in `node_modules`, as npm made it, with the library. */
  readonly tree: readonly string[];
  /** Lets the folder have a package of this checkout, as its owner would have installed it. */
  lend(name: string): Promise<void>;
  remove(): Promise<void>;
}

/** Packs the library, which builds it, and installs it from npm's cache, or the registry where that lacks something. */
export async function installPacked(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-packed-'));
  const pack = ['pack', '--json', '--foreground-scripts=false', '--pack-destination', folder];
  const { stdout } = await run('npm', pack, { cwd: root, maxBuffer: 2 ** 26 });
  // Scripts may say something before.
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as [Packed & { filename: string }];
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed.filename}`];
  await run('npm', install, { cwd: folder });
  const modules = join(folder, 'node_modules');
  const tree = await packagesIn(modules);
  await cp(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  return {
    folder,
    packed,
    tree,
    async lend(name) {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(root, 'node_modules', name), join(modules, name));
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

async function packagesIn(modules: string): Promise<readonly string[]> {
  const names = (await readdir(modules)).filter(name => !name.startsWith('.'));
  const found = names.map(async name =>
    name.startsWith('@') ? (await readdir(join(modules, name))).map(inner => `${name}/${inner}`) : [name],
  );
  return (await Promise.all(found)).flat().sort();
}
