import { randomBytes } from 'node:crypto';

/**
 * Makes names for webhooks, by which lines of the log about what came in the same one can be put together: some letters of this
 * engine, as several may write into one place, and a number.
 */
export function nameWebhooks(): () => string {
  const engine = randomBytes(4).toString('hex');
  let last = 0;
  return () => {
    last += 1;
    return `${engine}-${last}`;
  };
}
