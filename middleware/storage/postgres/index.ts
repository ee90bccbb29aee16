/**
 * `bluetick/storage/postgres`: the store that many processes share. It needs the package `pg` beside the library.
 *
 * @module
 */
export type { PoolOptions } from './openPool.ts';
export { openPostgresStore, type PostgresStoreOptions } from './openPostgresStore.ts';
