import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import { header } from './respond.ts';

/** Lets a request pass, or throws `unauthorized`. */
export type Authenticate = (request: Request) => void;

/**
 * Checks the administrator's key, sent as `Authorization: Bearer …` or `x-api-key`. Only its hash is kept, and the
 * comparison takes the same time whatever was sent.
 */
export function authenticator(apiKey: string): Authenticate {
  const expected = digest(apiKey);
  return request => {
    const bearer = header(request, 'authorization')?.match(/^Bearer (.+)$/i)?.[1];
    const sent = bearer ?? header(request, 'x-api-key');
    if (sent !== undefined && timingSafeEqual(digest(sent), expected)) return;
    throw new BluetickError(
      'unauthorized',
      'Send the key as "Authorization: Bearer <key>" or "x-api-key: <key>"',
    );
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
