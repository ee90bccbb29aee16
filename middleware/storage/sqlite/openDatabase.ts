import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BluetickError, isBluetickError } from '../../errors.ts';
import { providerKey } from '../sql/ledger.ts';
import { migrations } from './schema.ts';

/** The `f_type` of file systems that other machines share, from statfs(2). */
const networkFileSystems = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
]);

/** How long a start waits for a process that is just ending to let go of the file. */
const lockTimeoutMs = 2000;

/**
 * Opens the file (`:memory:` for none), takes the exclusive lock, brings the tables up to date, and makes what a
 * process that died had leased due again.
 *
 * @throws BluetickError `invalid_configuration` if the folder is on a network file system (write-ahead logging
 *   needs shared memory: sqlite.org/wal.html), if another process has the file, or if a newer version made it.
 */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') prepareFolder(dirname(path));
  let db: DatabaseSync | undefined;
  try {
    // A file that may only be read SQLite opens all the same, and then fails with a bare "disk I/O error".
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
    db = new DatabaseSync(path);
    // As a pragma: the constructor's option came with Node 22.16.
    db.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`);
    // Exclusive before WAL: then no shared memory file is made, and a second process is refused at once.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    db.exec('PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;');
    // In KiB. With the default of 2 MB the pages of the latest messages push one another out: a status took twice as long.
    db.exec('PRAGMA cache_size = -32000');
    // What is erased is overwritten. It costs nothing that can be measured: rows are written into pages that are written anyway.
    db.exec('PRAGMA secure_delete = ON');
    db.exec('BEGIN IMMEDIATE');
    migrate(db, path);
    db.exec('UPDATE lane SET leased = 0, due_at = 0 WHERE leased = 1');
    db.exec('UPDATE forward_lane SET leased = 0, due_at = 0 WHERE leased = 1');
    // As a condition of the index: what waits is not looked at.
    db.exec('UPDATE hook SET leased = 0, due_at = 0 WHERE leased <> 0');
    db.exec('COMMIT');
    return db;
  } catch (error) {
    db?.close();
    throw isBluetickError(error) ? error : refusal(path, error);
  }
}

function refusal(path: string, error: unknown): BluetickError {
  const message = error instanceof Error ? error.message : String(error);
  const why = /database is locked/.test(message)
    ? 'is in use by another process. The embedded store serves one process: stop the other, give this one its own ' +
      'BLUETICK_DATA, or set DATABASE_URL.'
    : `cannot be opened: ${message}.`;
  return new BluetickError('invalid_configuration', `The store ${path} ${why}`, {
    field: 'BLUETICK_DATA',
    cause: error,
  });
}

function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const network = networkFileSystems.get(statfsSync(folder).type);
  if (network !== undefined) {
    throw new BluetickError(
      'invalid_configuration',
      `The folder ${folder} is on a network file system (${network}). The embedded store needs a local disk; ` +
        'set BLUETICK_DATA to one, or set DATABASE_URL.',
      { field: 'BLUETICK_DATA' },
    );
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (version > migrations.length) {
    throw new BluetickError(
      'invalid_configuration',
      `The store ${path} was made by a newer version of Bluetick (its tables are of version ${version}, this ` +
        `version knows ${migrations.length}).`,
      { field: 'BLUETICK_DATA' },
    );
  }
  addFunctions(db);
  for (const migration of migrations.slice(version)) db.exec(migration);
  db.exec(`PRAGMA user_version = ${migrations.length}`);
}

/** What the migrations call: of what SQLite lacks, they need the hash by which the ledger knows a message. */
export function addFunctions(db: DatabaseSync): void {
  db.function('provider_key', { deterministic: true }, (channel, providerId) =>
    providerKey({ channel: String(channel), providerId: String(providerId) }),
  );
}
