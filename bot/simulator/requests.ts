import type { IncomingMessage, ServerResponse } from 'node:http';

/** The longest JSON body that the simulator reads, in bytes. */
const jsonLimit = 1024 * 1024;

/**
 * Reads a request's body to its end.
 *
 * @returns `undefined` if it is longer than `limit` bytes
 */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size > limit ? undefined : Buffer.concat(chunks);
}

/**
 * Reads a request's body as JSON.
 *
 * @returns `undefined` if it is no JSON, or longer than one megabyte
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBytes(request, jsonLimit);
  try {
    return body && JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Reads a request's body as JSON, where the request says that it is: a foreign page cannot say so unasked.
 *
 * @returns `undefined` where it does not say so, and as {@link readJson}
 */
export async function readDeclaredJson(request: IncomingMessage): Promise<unknown> {
  const isJson = /^application\/json\b/.test(request.headers['content-type'] ?? '');
  return isJson ? readJson(request) : undefined;
}

/** Answers JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** Answers an error, in the form of the host's API. */
export function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { error: { code, message } });
}
