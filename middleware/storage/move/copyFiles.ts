import { createHash } from 'node:crypto';
import type { SharedFile } from '../../ports.ts';
import type { DatabaseFiles } from '../postgres/files.ts';
import { Checksum, type TableSum } from './checksum.ts';

/** A file that stood beside the store, and is kept in the database from now on. */
export interface MovedFile extends Omit<SharedFile, 'size'> {
  readonly id: string;
  /** What is in it, from its beginning each time. */
  body(): AsyncIterable<Uint8Array>;
}

/**
 * Copies files into the database, but for those that are there already, and reads both sides again.
 *
 * @param now in Unix milliseconds
 * @param onCopied is called with how many are over
 */
export async function copyFiles(
  files: AsyncIterable<MovedFile>,
  kept: DatabaseFiles,
  now: number,
  onCopied: (count: number) => void,
): Promise<{ readonly file: TableSum; readonly database: TableSum }> {
  const [there, here] = [new Checksum(), new Checksum()];
  for await (const { id, about, expiresAt, body } of files) {
    if ((await kept.open(id)) === undefined) await kept.keep(id, { about, expiresAt, body: body() }, now);
    there.add([id, about, expiresAt, await digest(body())]);
    const copy = await kept.open(id);
    if (copy !== undefined) here.add([id, copy.about, copy.expiresAt, await digest(copy.body)]);
    onCopied(there.sum.rows);
  }
  return { file: there.sum, database: here.sum };
}

async function digest(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const hash = createHash('sha256');
  for await (const part of body) hash.update(part);
  return hash.digest();
}
