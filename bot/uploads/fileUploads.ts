import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { BluetickError } from '../../middleware/errors.ts';
import type { Clock } from '../../middleware/ports.ts';
import { safeName } from '../files/fileHeaders.ts';
import { bareType, uploadLimits } from '../files/fileTypes.ts';
import { checkedBody, sendableType } from './checkedBody.ts';
import type { Upload, Uploading, Uploads } from './uploads.ts';

/** An id is the name of its file: what is of another form names none, whatever a path would make of it. */
const idForm = /^[0-9a-f]{64}$/;

const note = z.strictObject({
  type: z.enum(Object.keys(uploadLimits) as [keyof typeof uploadLimits]),
  contentType: z.string(),
  fileName: z.string(),
  size: z.number(),
  expiresAt: z.number(),
});

/** The endings of what stands beside a file: what is known of it, and what has not come to its end. */
const [noteEnding, partEnding] = ['.json', '.part'];

/** How long a file may stay unfinished before a sweep takes it for what a process that died left, in milliseconds. */
const unfinishedMs = 60 * 60 * 1000;

/** So many files may be on their way at once, and so much room is left on the disk for the store, in bytes. */
const atOnce = 20;
const spareBytes = 512 * 1024 * 1024;

/** Keeps uploads in a folder of the host's own: a file, and beside it a note of what it is. */
export class FileUploads implements Uploads {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #freeBytes: (folder: string) => Promise<number>;
  #underWay = 0;

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

  async keep(file: Uploading): Promise<Upload> {
    if (this.#underWay >= atOnce)
      throw new BluetickError('rate_limited', 'Too many files are on their way: come again in a moment');
    this.#underWay += 1;
    try {
      return await this.#keep(file);
    } finally {
      this.#underWay -= 1;
    }
  }

  async #keep({ contentType, fileName, body }: Uploading): Promise<Upload> {
    const kind = sendableType(contentType);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if ((await this.#freeBytes(this.#folder)) < spareBytes)
      throw new BluetickError('store_unavailable', 'The disk has no more room for files');
    const id = randomBytes(32).toString('hex');
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

  async sweep(): Promise<number> {
    const names = (await readdir(this.#folder).catch(absent)) ?? [];
    const ids = new Set(names.map(name => name.slice(0, 64)).filter(id => idForm.test(id)));
    let removed = 0;
    for (const id of ids) {
      if (!(await this.#isOver(id))) continue;
      await this.#remove(id);
      removed += 1;
    }
    return removed;
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
    if (text === undefined) return undefined;
    const read = note.safeParse(parse(text));
    return read.success ? { id, ...read.data } : undefined;
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

/** A note that a full disk cut short says nothing: its file is swept. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is not there is not there; anything else is worth an error. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
