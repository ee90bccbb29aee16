/** How many webhooks are remembered: far more than come within the minutes in which Twilio tries one again. */
const defaultLimit = 10_000;

/**
 * When a webhook came first, in Unix milliseconds.
 *
 * @param token `I-Twilio-Idempotency-Token`, which is the same at every try of one webhook
 * @param now when this try came
 */
export type FirstArrival = (token: string, now: number) => number;

/**
 * Remembers when each webhook came first. Twilio gives no times, so what it tells has the time at which it came; a retry
 * must not have another, or it would be another event. It is kept in memory only: an event that is told twice does no harm.
 *
 * @param limit how many are remembered; the oldest go first
 */
export function rememberArrivals(limit: number = defaultLimit): FirstArrival {
  const times = new Map<string, number>();
  return (token, now) => {
    const known = times.get(token);
    if (known !== undefined) return known;
    const [oldest] = times.size < limit ? [] : times.keys();
    if (oldest !== undefined) times.delete(oldest);
    times.set(token, now);
    return now;
  };
}
