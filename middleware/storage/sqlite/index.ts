/**
 * `bluetick/storage/sqlite`: the embedded store alone.
 *
 * @module
 */
export { openSqliteStore, type SqliteStoreOptions } from './openSqliteStore.ts';
