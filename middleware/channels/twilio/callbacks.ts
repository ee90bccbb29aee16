/** Where Twilio tells what becomes of messages, from the host's public address on. */
export const statusPath = '/webhooks/twilio/status';

/** The query parameter with our correlation id. */
export const correlationParameter = 'ref';

/**
 * The connection overrides that we ask for (TW-OVERRIDES: the fragment of an address says when Twilio tries again): in
 * our status callbacks, and, by our documentation, in the address of the number.
 */
export const retryOverrides = { status: '#rp=5xx&rc=5', number: '#rp=all&rc=5' } as const;

/**
 * The address that Twilio is given for the statuses of one message. It brings our correlation id back, and asks for retries:
 * without `rp=5xx` an answer of 500 would lose the status for good (TW-OVERRIDES).
 *
 * @param publicUrl how Twilio reaches this host
 */
export function statusCallback(publicUrl: string, correlation: string): string {
  const query = new URLSearchParams({ [correlationParameter]: correlation });
  return `${publicUrl}${statusPath}?${query}${retryOverrides.status}`;
}
