import type { Request, Response } from 'restify';
import type { z } from 'zod';
import { readJsonBody } from '../../middleware/channels/readJsonBody.ts';
import { asBluetickError, BluetickError, describeError, errorStatus } from '../../middleware/errors.ts';
import { invalidRequest } from '../../middleware/invalidRequest.ts';
import type { Logger } from '../../middleware/ports.ts';
import { retryAfter } from '../access/tooManyRequests.ts';

/** Answers an error in the one form that all routes share. What was unexpected is logged, not told. */
export function respondError(response: Response, error: unknown, log: Logger): void {
  const known = asBluetickError(error);
  const status = errorStatus[known.code];
  if (response.destroyed || response.socket?.destroyed) {
    log.debug({ code: known.code }, 'The caller went away');
    return;
  }
  if (status >= 500)
    log.error({ ...describeError(known.cause ?? known), code: known.code }, 'A request failed');
  if (status === 429) response.setHeader('Retry-After', retryAfter(known));
  response.json(status, errorForm(known));
}

/** The one form of an error that whoever calls gets to see. */
export function errorForm({ code, message, field }: BluetickError) {
  return { error: { code, message, ...(field !== undefined && { field }) } };
}

/** The header in which a client names itself, in lower case, or its first value. */
export function header(request: Pick<Request, 'headers'>, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * Reads a body as it came, byte by byte: signatures are computed over exactly these.
 *
 * @throws BluetickError `too_large` as soon as more than `limit` bytes are announced or came.
 */
export function readBody(request: Request, limit: number): Promise<Buffer> {
  if (Number(header(request, 'content-length') ?? 0) > limit) return Promise.reject(tooLarge(limit));
  // By its events: to iterate over a stream costs a webhook more than its JSON does.
  return new Promise((resolve, reject) => {
    const cut = () => reject(new Error('The request ended before its body'));
    // Whose events have come already: a route may have waited for something else first.
    if (request.destroyed) return cut();
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= limit) return;
      // The rest is not waited for, and the answer goes out.
      request.off('data', take).pause();
      chunks.length = 0;
      reject(tooLarge(limit));
    };
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => {
      if (!request.complete) cut();
    });
  });
}

function tooLarge(limit: number): BluetickError {
  return new BluetickError('too_large', `The body is larger than ${limit} bytes`);
}

/** The largest body that the API reads, in bytes. */
const apiBodyLimit = 256 * 1024;

/**
 * Reads a JSON body of the API by its schema, under the rules for a webhook's: UTF-8, not nested too deep, no key that
 * could change a prototype.
 *
 * @throws BluetickError `invalid_request` that names the field, `too_large`
 */
export async function readJson<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  const read = schema.safeParse(readJsonBody(await readBody(request, apiBodyLimit)));
  if (!read.success) throw invalidRequest(read.error);
  return read.data;
}
