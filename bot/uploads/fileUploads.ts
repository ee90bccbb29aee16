import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BluetickError } from '../../middleware/errors.ts';
import type { Clock } from '../../middleware/ports.ts';
import { safeName } from '../files/fileHeaders.ts';
import { bareType } from '../files/fileTypes.ts';
import { checkedBody, sendableType } from './checkedBody.ts';
import { FewAtOnce } from './fewAtOnce.ts';
import { newUploadId, readNote } from './note.ts';
import type { Upload, Uploading, Uploads } from './uploads.ts';

/** An id is the name of its file: what is of another form names none, whatever a path would make of it. */
const idForm = /^[0-9a-f]{64}$/;

/** The endings of what stands beside a file: what is known of it, and what has not come to its end. */
const [noteEnding, partEnding] = ['.json', '.part'];

/** How long a file may stay unfinished before a sweep takes it for what a process that died left, in milliseconds. */
const unfinishedMs = 60 * 60 * 1000;

/** So much room is left on the disk for the store, in bytes. */
const spareBytes = 512 * 1024 * 1024;

/** The folder of {@link FileUploads} in that of a host's data. */
export function uploadsFolder(dataFolder: string): string {
  return join(dataFolder, 'files');
}

/** Keeps uploads in a folder of the host's own: a file, and beside it a note of what it is. */
export class FileUploads implements Uploads {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #freeBytes: (folder: string) => Promise<number>;
  readonly #few = new FewAtOnce();

  /**
   * @param folder made with the first file
   * @param keepMs how long a file is kept, in milliseconds: WhatsApp fetches it at once, an agent looks at it for days
   * @param freeBytes how much room its disk has. Default as the system says
   */
  constructor(
    folder: string,
    options: { clock: Clock; keepMs: number; freeBytes?: (folder: string) => Promise<number> },
  ) {
    this.#folder = folder;
    this.#clock = options.clock;
    this.#keepMs = options.keepMs;
    this.#freeBytes = options.freeBytes ?? freeBytesOf;
  }

  keep(file: Uploading): Promise<Upload> {
    return this.#few.run(() => this.#keep(file));
  }

  async #keep({ contentType, fileName, body }: Uploading): Promise<Upload> {
    const kind = sendableType(contentType);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if ((await this.#freeBytes(this.#folder)) < spareBytes)
      throw new BluetickError('store_unavailable', 'The disk has no more room for files');
    const id = newUploadId();
    const path = join(this.#folder, id);
    const part = path + partEnding;
    try {
      await pipeline(checkedBody(body, kind), createWriteStream(part, { mode: 0o600, flush: true }));
      const { size } = await stat(part);
      const expiresAt = this.#clock.now() + this.#keepMs;
      const known = {
        type: kind.type,
        contentType: bareType(contentType),
        fileName: safeName(fileName),
        size,
        expiresAt,
      };
      await writeFile(path + noteEnding, JSON.stringify(known), { mode: 0o600 });
      // The last step: before it nobody finds the file.
      await rename(part, path);
      return { id, ...known };
    } catch (error) {
      await this.#remove(id);
      throw error;
    }
  }

  async open(id: string): Promise<{ upload: Upload; body: Readable } | undefined> {
    if (!idForm.test(id)) return undefined;
    const upload = await this.#read(id);
    if (upload === undefined || upload.expiresAt <= this.#clock.now()) return undefined;
    const file = await open(join(this.#folder, id)).catch(absent);
    return file && { upload, body: file.createReadStream() };
  }

  async remove(id: string): Promise<void> {
    if (idForm.test(id)) await this.#remove(id);
  }

  async sweep(): Promise<number> {
    let removed = 0;
    for (const id of await this.#ids()) {
      if (!(await this.#isOver(id))) continue;
      await this.#remove(id);
      removed += 1;
    }
    return removed;
  }

  /** Every file that may be opened. */
  async *all(): AsyncGenerator<Upload> {
    for (const id of await this.#ids()) {
      const found = await this.open(id);
      if (found === undefined) continue;
      found.body.destroy();
      yield found.upload;
    }
  }

  async #ids(): Promise<ReadonlySet<string>> {
    const names = (await readdir(this.#folder).catch(absent)) ?? [];
    return new Set(names.map(name => name.slice(0, 64)).filter(id => idForm.test(id)));
  }

  /** Whether a file has come to its end, or was never finished. */
  async #isOver(id: string): Promise<boolean> {
    const upload = await this.#read(id);
    if (upload !== undefined) return upload.expiresAt <= this.#clock.now();
    const part = await stat(join(this.#folder, id + partEnding)).catch(absent);
    return part === undefined || part.mtimeMs <= this.#clock.now() - unfinishedMs;
  }

  async #read(id: string): Promise<Upload | undefined> {
    const text = await readFile(join(this.#folder, id + noteEnding), 'utf8').catch(absent);
    const known = text === undefined ? undefined : readNote(text);
    return known && { id, ...known };
  }

  async #remove(id: string): Promise<void> {
    for (const ending of ['', noteEnding, partEnding])
      await rm(join(this.#folder, id + ending), { force: true });
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** What is not there is not there; anything else is worth an error. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
