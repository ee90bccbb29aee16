import type { Pool } from 'pg';
import { BluetickError } from '../../errors.ts';
import type { SharedFile, SharedFiles } from '../../sharedFiles.ts';
import { unavailable } from '../commitQueue.ts';

/** Bytes of a file in one row: few enough that a row holds up nobody else on its way. */
const partBytes = 256 * 1024;
/** All files together, in bytes: a thousand pictures of an agent's are a tenth of it. What is more needs a store made for files. */
const defaultRoomBytes = 5 * 1024 ** 3;
/** From then on a file that is not whole was left by a process that died. */
const unfinishedMs = 60 * 60 * 1000;

/** Keeps files in the database, in parts: what is large never is in memory as a whole, neither here nor there. */
export class DatabaseFiles implements SharedFiles {
  readonly #pool: Pool;
  readonly #roomBytes: number;

  /** @param roomBytes how many bytes of files there may be in all. Default 5 GiB; several that come at once may pass it a little */
  constructor(pool: Pool, roomBytes = defaultRoomBytes) {
    this.#pool = pool;
    this.#roomBytes = roomBytes;
  }

  async keep(
    id: string,
    { about, expiresAt, body }: Parameters<SharedFiles['keep']>[1],
    now: number,
  ): Promise<number> {
    const [{ used = 0 } = {}] = await this.#ask<{ used: number }>(
      'SELECT coalesce(sum(size), 0) AS used FROM file',
    );
    if (used >= this.#roomBytes)
      throw new BluetickError('store_unavailable', 'The database has no more room for files');
    await this.#ask('INSERT INTO file (id, about, expires_at) VALUES ($1, $2, $3)', [
      id,
      about,
      now + unfinishedMs,
    ]);
    try {
      let size = 0;
      let ordinal = 0;
      for await (const part of inParts(body)) {
        await this.#ask('INSERT INTO file_part (file, ordinal, bytes) VALUES ($1, $2, $3)', [
          id,
          ordinal,
          part,
        ]);
        ordinal += 1;
        size += part.length;
      }
      await this.#ask('UPDATE file SET size = $2, expires_at = $3 WHERE id = $1', [id, size, expiresAt]);
      return size;
    } catch (error) {
      // Where that fails too, a sweep does it.
      await this.#ask('DELETE FROM file WHERE id = $1', [id]).catch(() => {});
      throw error;
    }
  }

  async open(id: string): Promise<(SharedFile & { body: AsyncIterable<Uint8Array> }) | undefined> {
    const [file] = await this.#ask<SharedFile>(
      'SELECT about, size, expires_at AS "expiresAt" FROM file WHERE id = $1 AND size IS NOT NULL',
      [id],
    );
    return file && { ...file, body: this.#read(id) };
  }

  async remove(id: string): Promise<void> {
    await this.#ask('DELETE FROM file WHERE id = $1', [id]);
  }

  async sweep(now: number): Promise<number> {
    const swept = await this.#ask('DELETE FROM file WHERE expires_at <= $1 RETURNING 1', [now]);
    return swept.length;
  }

  async *#read(id: string): AsyncGenerator<Uint8Array> {
    for (let ordinal = 0; ; ordinal += 1) {
      const [part] = await this.#ask<{ bytes: Uint8Array }>(
        'SELECT bytes FROM file_part WHERE file = $1 AND ordinal = $2',
        [id, ordinal],
      );
      if (part === undefined) return;
      yield part.bytes;
    }
  }

  async #ask<Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    try {
      const { rows } = await this.#pool.query<Row>(text, [...values]);
      return rows;
    } catch (error) {
      throw unavailable('the files cannot be asked for', error);
    }
  }
}

/** A body in parts of one size, but for the last. */
async function* inParts(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let gathered: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    gathered.push(chunk);
    length += chunk.length;
    if (length < partBytes) continue;
    const whole = Buffer.concat(gathered);
    let from = 0;
    for (; length - from >= partBytes; from += partBytes) yield whole.subarray(from, from + partBytes);
    gathered = [whole.subarray(from)];
    length -= from;
  }
  if (length > 0) yield Buffer.concat(gathered);
}
