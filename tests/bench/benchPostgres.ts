import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newDatabase, startPostgres } from '../support/postgres.ts';
import { cpuMsOf } from './cpuTime.ts';

/** As large as a small server of one's own has them; what is not named is as PostgreSQL comes, with every sync waited for. */
const flags = ['-c', 'shared_buffers=1GB', '-c', 'max_wal_size=4GB'];

/** In words, for the report. */
export const benchPostgresShape =
  'PostgreSQL 18 on the same machine, every commit synced, shared_buffers 1 GB, max_wal_size 4 GB';

/** A PostgreSQL for measuring: on this machine, and with the syncs that a business needs. */
export interface BenchPostgres {
  /** Makes an empty database; answers its address. */
  newDatabase(): Promise<string>;
  /** The processor time that all its processes have taken, in milliseconds; `undefined` where the system does not tell. */
  cpuMs(): number | undefined;
  stop(): Promise<void>;
}

/** Starts one. */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const { url, folder, stop } = await startPostgres(flags);
  const [pid] = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
  return { newDatabase: () => newDatabase(url), cpuMs: () => cpuMsOf(Number(pid)), stop };
}
