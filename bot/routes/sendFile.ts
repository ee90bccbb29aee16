import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import { type FileHead, fileHeaders } from '../files/fileHeaders.ts';

/** How much of a file is passed on, in bytes: as much as WhatsApp takes for a document (Media page). */
const sizeLimit = 100 * 1024 * 1024;

/**
 * Answers with a file, as it comes. Where it breaks off after its head, so does the answer: its caller sees that it is not
 * whole.
 *
 * @throws BluetickError `too_large` where its size is known before; what the body throws before its first byte
 */
export async function sendFile(
  response: Response,
  head: FileHead,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { size } = head;
  if (size !== undefined && size > sizeLimit) throw tooLarge();
  const chunks = body[Symbol.asyncIterator]();
  // Until the first byte is there, an error can be told.
  const first = await chunks.next();
  response.writeHead(200, fileHeaders(head));
  try {
    await pipeline(Readable.from(bounded(first, chunks, size)), response);
  } catch {
    response.destroy();
  }
}

/**
 * The body, as long as was announced, and not longer than is passed on. What came behind its end, the browser would take for
 * the next answer on the connection.
 */
async function* bounded(
  first: IteratorResult<Uint8Array>,
  chunks: AsyncIterator<Uint8Array>,
  announced: number | undefined,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for (let each = first; each.done !== true; each = await chunks.next()) {
      size += each.value.length;
      if (size > (announced ?? sizeLimit)) throw tooLarge();
      yield each.value;
    }
    if (announced !== undefined && size < announced) throw new Error('The file ended before its size');
  } finally {
    await chunks.return?.();
  }
}

function tooLarge(): BluetickError {
  return new BluetickError('too_large', `The file is larger than ${sizeLimit} bytes`);
}
