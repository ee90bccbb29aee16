import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../../middleware/index.ts';
import { openPostgresStore } from '../../middleware/storage/postgres/openPostgresStore.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { type BenchPostgres, startBenchPostgres } from './benchPostgres.ts';

/** The stores that are compared. */
export const storeNames = ['SQLite', 'PostgreSQL'] as const;
/** See {@link storeNames}. */
export type StoreName = (typeof storeNames)[number];

/** Where stores are made. */
export interface BenchStores {
  readonly postgres: BenchPostgres;
  /** Makes room for a new store: a folder for the file of one, or an empty database. The answer is a place. */
  newPlace(name: StoreName): Promise<string>;
}

/** Whether a place is the address of a database; else it is a folder. */
export const isDatabase = (place: string) => place.startsWith('postgres:');

/** The file of the embedded store in a folder. */
export const fileIn = (folder: string) => join(folder, 'bluetick.sqlite');

/** Opens the store at a place. */
export function openBenchStore(place: string): Promise<Store> {
  return isDatabase(place) ? openPostgresStore({ url: place }) : openSqliteStore({ path: fileIn(place) });
}

/** The settings of a host whose store is at a place. */
export function storeSettings(place: string): Readonly<Record<string, string>> {
  return isDatabase(place) ? { DATABASE_URL: place } : { BLUETICK_DATA: place };
}

/** Uses stores of both kinds, over a PostgreSQL that is there as long as it takes. */
export async function withStores<T>(folder: string, use: (stores: BenchStores) => Promise<T>): Promise<T> {
  const postgres = await startBenchPostgres();
  try {
    return await use({
      postgres,
      newPlace: name => (name === 'SQLite' ? mkdtemp(join(folder, 'store-')) : postgres.newDatabase()),
    });
  } finally {
    await postgres.stop();
  }
}
