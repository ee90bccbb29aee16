import { join } from 'node:path';
import type { Logger, Store } from '../middleware/ports.ts';
import type { PoolOptions } from '../middleware/storage/postgres/openPool.ts';
import type { DatabaseConfig } from './config/database.ts';
import type { Config } from './config.ts';

/** What tokens for Azure Database for PostgreSQL are asked for: learn.microsoft.com/azure/postgresql/flexible-server/how-to-connect-with-managed-identity */
const databaseScope = 'https://ossrdbms-aad.database.windows.net/.default';

/**
 * Opens the store that the settings name: the embedded one, or the one that many instances share. Each loads what it needs
 * alone.
 *
 * @throws BluetickError as `openSqliteStore` and `openPostgresStore` do
 */
export async function openStore({ database, dataFolder }: Config, log: Logger): Promise<Store> {
  if (database === undefined) {
    const { openSqliteStore } = await import('../middleware/storage/sqlite/openSqliteStore.ts');
    return openSqliteStore({ path: embeddedStorePath(dataFolder) });
  }
  const { openPostgresStore } = await import('../middleware/storage/postgres/openPostgresStore.ts');
  return openPostgresStore({ ...(await poolOptions(database)), log });
}

/** Where the embedded store has its file. */
export function embeddedStorePath(dataFolder: string): string {
  return join(dataFolder, 'bluetick.sqlite');
}

/** How the database that the settings name is reached. */
export async function poolOptions({ auth, ...options }: DatabaseConfig): Promise<PoolOptions> {
  return { ...options, ...(auth === 'entra' && { password: await entraPassword() }) };
}

/** A token in the place of the password: the identity keeps it, and asks for another before it ends. */
async function entraPassword(): Promise<() => Promise<string>> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  const identity = new DefaultAzureCredential();
  return async () => (await identity.getToken(databaseScope)).token;
}
