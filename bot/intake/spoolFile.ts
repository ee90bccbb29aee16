import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { BluetickError } from '../../middleware/errors.ts';

/** The longest that the file grows, in bytes, unless told otherwise: some 30,000 requests. */
const defaultLimit = 64 * 1024 * 1024;

interface Appending {
  readonly line: string;
  resolve(): void;
  reject(error: unknown): void;
}

/** A file of JSON, one item a line, each of which is on the disk when its `append` resolves. One process has it. */
export class SpoolFile<Item extends object> {
  readonly #file: FileHandle;
  readonly #limit: number;
  /** Up to here every line is whole, and promised. */
  #size: number;
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
      const whole = (await file.readFile()).lastIndexOf('\n') + 1;
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
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: `${JSON.stringify(item)}\n`, resolve, reject });
      void this.#alone(() => this.#flush());
    });
  }

  /**
   * The items that are there now, oldest first.
   *
   * @param damaged called for a line that is no JSON, which only a damaged disk makes: it is passed over
   */
  async *items(damaged: () => void = () => {}): AsyncGenerator<Item> {
    if (this.#size === 0) return;
    const input = this.#file.createReadStream({ start: 0, end: this.#size - 1, autoClose: false });
    for await (const line of createInterface({ input })) {
      const item = readItem(line);
      if (item === undefined) damaged();
      else yield item as Item;
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
    try {
      await this.#write(Buffer.from(batch.map(({ line }) => line).join('')));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#size + bytes.length > this.#limit)
      throw new BluetickError('store_unavailable', `The spool has its ${this.#limit} bytes`);
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

function readItem(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
