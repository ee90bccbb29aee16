import { BluetickError } from '../../middleware/errors.ts';
import { type FileType, fileTypeOf, headLength, sendableTypes, uploadLimits } from '../files/fileTypes.ts';

/**
 * The kind of a file that is to be sent, by what its sender calls it.
 *
 * @throws BluetickError `invalid_request`
 */
export function sendableType(contentType: string): FileType & { readonly type: keyof typeof uploadLimits } {
  const known = fileTypeOf(contentType);
  if (known === undefined || known.type === 'sticker')
    throw new BluetickError('invalid_request', `Content-Type: allowed: ${sendableTypes.join(', ')}`, {
      field: 'Content-Type',
    });
  return { ...known, type: known.type };
}

/**
 * Passes a body on, once its first bytes are those of its kind, and as long as it is not too large for that.
 *
 * @throws BluetickError `invalid_request`, `too_large`
 */
export async function* checkedBody(
  body: AsyncIterable<Uint8Array>,
  { type, ending, begins }: ReturnType<typeof sendableType>,
): AsyncGenerator<Uint8Array> {
  const limit = uploadLimits[type];
  let head: Buffer | undefined = Buffer.alloc(0);
  let size = 0;
  const check = (start: Buffer) => {
    if (start.length > 0 && begins(start)) return start;
    throw new BluetickError(
      'invalid_request',
      `body: its first bytes are not those of a file of the kind ${ending}`,
    );
  };
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit)
      throw new BluetickError(
        'too_large',
        `The file is larger than ${limit} bytes, which is all that WhatsApp or we take`,
      );
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < headLength) continue;
    yield check(head);
    head = undefined;
  }
  if (head !== undefined) yield check(head);
}
