import { BluetickError } from '../../middleware/errors.ts';

/** Somebody asks too often; `Retry-After` says when to come again. */
export class TooManyRequests extends BluetickError {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super('rate_limited', message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** What `Retry-After` says with a 429, in whole seconds: a second where nobody knows better. */
export function retryAfter(error: BluetickError): string {
  const ms = error instanceof TooManyRequests ? error.retryAfterMs : 1000;
  return String(Math.max(Math.ceil(ms / 1000), 1));
}
