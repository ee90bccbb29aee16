import type { IncomingMessage, ServerResponse } from 'node:http';

/** The longest body that the simulator reads, in bytes. */
const bodyLimit = 1024 * 1024;

/**
 * Reads a request's body as JSON.
 *
 * @returns `undefined` if it is no JSON, or longer than one megabyte
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= bodyLimit) chunks.push(chunk);
  }
  try {
    return size > bodyLimit ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
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
