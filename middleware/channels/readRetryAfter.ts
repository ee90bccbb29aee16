/** The longest wait that is taken from a `Retry-After` header: a wrong date must not silence a channel for days. */
export const longestRetryAfterMs = 60 * 60 * 1000;

/** The one form of date that HTTP senders may write (RFC 9110, IMF-fixdate). */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Reads a `Retry-After` header: seconds, or an HTTP date (RFC 9110, 10.2.3).
 *
 * @param header the header, if there was one; anything that is neither form is treated as absent
 * @param now Unix milliseconds, for dates
 * @returns milliseconds from 0 to {@link longestRetryAfterMs}, or `undefined`
 */
export function readRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const text = header.trim();
  let waitMs = Number.NaN;
  if (/^\d{1,12}$/.test(text)) waitMs = Number(text) * 1000;
  else if (httpDate.test(text)) waitMs = Date.parse(text) - now;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), longestRetryAfterMs);
}
