import { chown, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { TestCluster } from '../support/postgres.ts';
import type { SmallDisk } from './smallDisk.ts';

/**
 * A new, empty database.
 *
 * @param disk where its tables are to be, so that it can be filled: the server's log of changes stays elsewhere. Default
 *   with everything else
 * @returns its address
 */
export async function newDatabase(cluster: TestCluster, name: string, disk?: SmallDisk): Promise<string> {
  const client = new pg.Client(cluster.url);
  await client.connect();
  let tablespace = 'pg_default';
  if (disk !== undefined) {
    tablespace = `${name}_tables`;
    const folder = join(disk.folder, tablespace);
    await mkdir(folder);
    const { uid, gid } = await stat(cluster.folder);
    await chown(folder, uid, gid);
    await client.query(`CREATE TABLESPACE ${tablespace} LOCATION '${folder}'`);
  }
  await client.query(`CREATE DATABASE ${name} TABLESPACE ${tablespace}`);
  await client.end();
  const url = new URL(cluster.url);
  url.pathname = name;
  return url.href;
}
