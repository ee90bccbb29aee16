import { Readable } from 'node:stream';
import type { Clock, SharedFiles } from '../../middleware/ports.ts';
import { safeName } from '../files/fileHeaders.ts';
import { bareType } from '../files/fileTypes.ts';
import { checkedBody, sendableType } from './checkedBody.ts';
import { FewAtOnce } from './fewAtOnce.ts';
import { newUploadId, readNote, sharedNote } from './note.ts';
import type { Upload, Uploading, Uploads } from './uploads.ts';

/** Keeps uploads where every host has them that shares the store: WhatsApp may ask any of them. */
export class SharedUploads implements Uploads {
  readonly #files: SharedFiles;
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #few = new FewAtOnce();

  /** @param options.keepMs as `FileUploads` has it */
  constructor(files: SharedFiles, options: { clock: Clock; keepMs: number }) {
    this.#files = files;
    this.#clock = options.clock;
    this.#keepMs = options.keepMs;
  }

  keep({ contentType, fileName, body }: Uploading): Promise<Upload> {
    return this.#few.run(async () => {
      const kind = sendableType(contentType);
      const id = newUploadId();
      const now = this.#clock.now();
      const known = { type: kind.type, contentType: bareType(contentType), fileName: safeName(fileName) };
      const expiresAt = now + this.#keepMs;
      const file = { about: sharedNote(known), expiresAt, body: checkedBody(body, kind) };
      return { id, ...known, size: await this.#files.keep(id, file, now), expiresAt };
    });
  }

  async open(id: string): Promise<{ upload: Upload; body: Readable } | undefined> {
    const file = await this.#files.open(id);
    if (file === undefined || file.expiresAt <= this.#clock.now()) return undefined;
    const { about, size, expiresAt, body } = file;
    const note = readNote(about, { size, expiresAt });
    return note && { upload: { id, ...note }, body: Readable.from(body, { objectMode: false }) };
  }

  remove(id: string): Promise<void> {
    return this.#files.remove(id);
  }

  sweep(): Promise<number> {
    return this.#files.sweep(this.#clock.now());
  }
}
