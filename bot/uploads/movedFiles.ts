import type { SharedFile } from '../../middleware/ports.ts';
import type { FileUploads } from './fileUploads.ts';
import { sharedNote } from './note.ts';

/** A file of a host's own folder, as it is kept where all hosts share it: under the id by which it is known. */
interface MovedFile extends Omit<SharedFile, 'size'> {
  readonly id: string;
  body(): AsyncIterable<Uint8Array>;
}

/** The files of a host's own folder, to be moved to where all hosts share them. */
export async function* movedFiles(uploads: FileUploads): AsyncGenerator<MovedFile> {
  for await (const upload of uploads.all()) {
    const { id, expiresAt } = upload;
    const body = async function* () {
      const found = await uploads.open(id);
      if (found !== undefined) yield* found.body;
    };
    yield { id, about: sharedNote(upload), expiresAt, body };
  }
}
