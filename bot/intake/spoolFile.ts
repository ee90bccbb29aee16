import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BluetickError } from '../../middleware/errors.ts';

/** The longest that the file grows, in bytes, unless told otherwise: some 30,000 requests. */
const defaultLimit = 64 * 1024 * 1024;
/** How much of it is in memory at once, in bytes, beside one line. */
const chunkSize = 64 * 1024;
const newline = 10;

/** A line of the file. */
export interface SpoolEntry<Item> {
  /** `undefined` where it is no JSON object, which only a damaged disk makes. */
  readonly item: Item | undefined;
  /** Where the next one begins, in bytes. */
  readonly end: number;
}

interface Appending {
  readonly line: Buffer;
  resolve(): void;
  reject(error: unknown): void;
}

/** A file of JSON, one item a line, each of which is on the disk when its `append` resolves. One process has it. */
export class SpoolFile<Item extends object> {
  readonly #file: FileHandle;
  readonly #limit: number;
  /** Up to here every line is whole, and promised. */
  #size: number;
  /** What is to be behind that, in bytes. */
  #growing = 0;
  /** A write that failed may have left something behind that. */
  #torn = false;
  #waiting: Appending[] = [];
  #last: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle, size: number, limit: number) {
    this.#file = file;
    this.#size = size;
    this.#limit = limit;
  }

  /**
   * Opens the file, made with its folder if it is not there. A line that a crash cut off was promised to nobody: it is
   * cut away.
   */
  static async open<Item extends object>(path: string, limit = defaultLimit): Promise<SpoolFile<Item>> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const whole = await endOfLastLine(file);
      await file.truncate(whole);
      await file.sync();
      // The file's name is in its folder: without this a power cut may take it away.
      const folder = await open(dirname(path));
      await folder.sync().finally(() => folder.close());
      return new SpoolFile<Item>(file, whole, limit);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How long it is, in bytes. It grows, but for {@link SpoolFile.clear}. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends an item. What is appended while a write is under way shares the next one.
   *
   * @throws BluetickError `store_unavailable` if the file is full; whatever the file system says
   */
  append(item: Item): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(item)}\n`);
    // Before it waits: behind a disk that hangs no more piles up in memory than the file may hold.
    if (this.#size + this.#growing + line.length > this.#limit) {
      const full = new BluetickError('store_unavailable', `The spool has its ${this.#limit} bytes`);
      return Promise.reject(full);
    }
    this.#growing += line.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject });
      void this.#alone(() => this.#flush());
    });
  }

  /**
   * The lines that are there now, oldest first. They are read as they are asked for.
   *
   * @param start where a line begins; default the first one
   */
  async *entries(start = 0): AsyncGenerator<SpoolEntry<Item>> {
    let end = start;
    let rest = Buffer.alloc(0);
    for await (const chunk of chunksOf(this.#file, start, this.#size)) {
      rest = Buffer.concat([rest, chunk]);
      for (let at = rest.indexOf(newline); at >= 0; at = rest.indexOf(newline)) {
        end += at + 1;
        yield { item: readItem(rest.toString('utf8', 0, at)) as Item | undefined, end };
        rest = rest.subarray(at + 1);
      }
    }
  }

  /** Empties it, unless it has grown past a size; answers whether it did. */
  clear(size: number): Promise<boolean> {
    return this.#alone(async () => {
      if (this.#size !== size) return false;
      await this.#file.truncate(0);
      this.#size = 0;
      await this.#file.datasync();
      return true;
    });
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#alone(async () => {});
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    const bytes = Buffer.concat(batch.map(({ line }) => line));
    try {
      await this.#write(bytes);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#growing -= bytes.length;
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#torn) await this.#file.truncate(this.#size);
    this.#torn = true;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#size + done);
      done += bytesWritten;
    }
    await this.#file.datasync();
    this.#size += bytes.length;
    this.#torn = false;
  }

  /** Runs one after the other what changes the file. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

/** By positions, and not by a stream: a stream that is left before its end stays with the file's handle for good. */
async function* chunksOf(file: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const { bytesRead, buffer } = await file.read(
      Buffer.allocUnsafe(chunkSize),
      0,
      Math.min(chunkSize, end - at),
      at,
    );
    if (bytesRead === 0) throw new Error('The spool is shorter than what was written to it');
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function endOfLastLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  let at = 0;
  let end = 0;
  for await (const chunk of chunksOf(file, 0, size)) {
    const last = chunk.lastIndexOf(newline);
    if (last >= 0) end = at + last + 1;
    at += chunk.length;
  }
  return end;
}

function readItem(line: string): object | undefined {
  try {
    const item: unknown = JSON.parse(line);
    return typeof item === 'object' && item !== null ? item : undefined;
  } catch {
    return undefined;
  }
}
