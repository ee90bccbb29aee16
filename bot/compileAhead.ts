/**
 * The end of `npm install`: starts the host once, on a folder that vanishes, and ends it in order, so that what Node
 * compiles for a start is kept for the first real one (see `index.js`). It tells nobody and fails nothing: where it cannot
 * be done, the first start takes half a second longer.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long all of it may take. */
const withinMs = 30_000;

const folder = await mkdtemp(join(tmpdir(), 'bluetick-install-'));
try {
  const host = spawn(process.execPath, [join(import.meta.dirname, 'index.js')], {
    // Somewhere without an .env file, and without settings: the simulator alone, on a free port.
    cwd: folder,
    env: { PORT: '0', LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: withinMs,
  });
  host.stdout.once('data', () => host.kill('SIGTERM'));
  await once(host, 'exit');
} finally {
  await rm(folder, { recursive: true, force: true });
}
