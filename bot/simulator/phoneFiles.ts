import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeptFile } from './cloudApi.ts';
import type { FileOptions } from './compose.ts';
import type { Phone } from './phone.ts';
import { readBytes, refuse, sendJson } from './requests.ts';

/** The largest file that a customer may send here, in bytes: 16 MB, what Meta takes of audio and video. */
const fileLimit = 16 * 1024 * 1024;

const mediaType = /^[\w.+-]+\/[\w.+-]+$/;

/**
 * `POST /phone/{number}/files`: the customer sends a file. The body is the file, `Content-Type` its type, `X-File-Name` its
 * name and `X-Caption` the words with it, both percent-encoded. A foreign page can send no such header unasked.
 */
export async function takeFile(
  request: IncomingMessage,
  response: ServerResponse,
  phone: () => Phone,
): Promise<void> {
  const [contentType = ''] = (request.headers['content-type'] ?? '').split(';');
  const fileName = decoded(request, 'x-file-name');
  const caption = decoded(request, 'x-caption');
  const bytes = await readBytes(request, fileLimit);
  if (bytes === undefined)
    return refuse(response, 413, 'too_large', `The file is larger than ${fileLimit} bytes`);
  if (!mediaType.test(contentType) || fileName === undefined || bytes.length === 0)
    return refuse(response, 400, 'invalid_request', 'A file has bytes, a Content-Type and an X-File-Name');
  const type = typeOf(contentType);
  const sent = phone().sendFile(type, bytes, {
    contentType,
    ...(type === 'document' && { fileName }),
    ...(caption !== undefined && { caption }),
  });
  sendJson(response, 202, { messages: [sent] });
}

/**
 * `GET /phone/{number}/files/{id}`: a file that the customer sent, for the phone's own screen. Whatever it is, it runs no
 * script here: anybody may have made it.
 */
export function showFile(response: ServerResponse, file: KeptFile | undefined): void {
  if (file === undefined) {
    refuse(response, 404, 'unknown_message', 'There is no such file');
    return;
  }
  response.writeHead(200, {
    'content-type': file.contentType,
    'content-length': file.bytes.length,
    'content-disposition': file.contentType.startsWith('image/') ? 'inline' : 'attachment',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=3600',
  });
  response.end(file.bytes);
}

/** Drawings are documents: WhatsApp shows none. */
function typeOf(contentType: string): FileOptions['type'] {
  if (contentType === 'image/svg+xml') return 'document';
  const [kind] = contentType.split('/');
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document';
}

function decoded(request: IncomingMessage, name: string): string | undefined {
  try {
    const text = decodeURIComponent(String(request.headers[name] ?? ''));
    return text === '' ? undefined : text.slice(0, 1024);
  } catch {
    return undefined;
  }
}
