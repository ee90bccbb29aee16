import { asBluetickError, describeError, errorStatus } from './errors.ts';
import type { RawRequest, WebhookChannel } from './ports.ts';
import type { Engine } from './receipts/engine.ts';

/** A request at a webhook's address, as it came. */
export interface WebhookRequest {
  /** In capitals, as Node has it. */
  readonly method: string;
  /** The path with its query. */
  readonly target: string;
  /** Their names in lower case, as Node has them. */
  readonly headers: RawRequest['headers'];
  /**
   * Byte by byte: signatures are made over exactly these. Whoever reads it stops at {@link Webhook.bodyLimit}. Empty for what
   * has none.
   */
  readonly body: Buffer;
}

/** What to answer. */
export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Takes in what a provider sends, whatever HTTP server it came by: POSTs are authenticated and admitted, and a provider that
 * verifies the address is answered. It never rejects; with 200 everything is durable.
 *
 * ```ts
 * const { status, headers, body } = await receiveWebhook(engine, channel, request);
 * ```
 *
 * Twilio's webhooks alone want more, as Twilio does not come again: they are answered 503 here where the store is away, so give
 * the number's address with `#rp=all&rc=5`.
 */
export async function receiveWebhook(
  engine: Pick<Engine, 'admit' | 'log'>,
  channel: WebhookChannel,
  request: WebhookRequest,
): Promise<WebhookAnswer> {
  try {
    return await answer(engine, channel, request);
  } catch (error) {
    const { code, message, field, cause } = asBluetickError(error);
    const status = errorStatus[code];
    const fields = { channel: channel.name, ...describeError(cause ?? error), code };
    if (status >= 500) engine.log.error(fields, 'A webhook failed');
    return json(status, { error: { code, message, ...(field !== undefined && { field }) } });
  }
}

async function answer(
  engine: Pick<Engine, 'admit'>,
  channel: WebhookChannel,
  { method, target, headers, body }: WebhookRequest,
): Promise<WebhookAnswer> {
  const { webhook } = channel;
  const query = Object.fromEntries(new URL(target, 'http://localhost').searchParams);
  if (method === 'GET' && webhook.challenge !== undefined) return text(webhook.challenge(query));
  if (method === 'OPTIONS' && webhook.preflight !== undefined)
    return { status: 200, headers: webhook.preflight(headers), body: '' };
  if (method !== 'POST') return { status: 405, headers: { allow: 'POST' }, body: '' };
  const raw = { headers, query, target, body };
  await webhook.authenticate(raw);
  const greeting = webhook.handshake?.(body);
  if (greeting !== undefined) return typeof greeting === 'string' ? text(greeting) : json(200, greeting);
  await engine.admit(channel, webhook.parse(body, raw));
  return text('');
}

function text(body: string): WebhookAnswer {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

function json(status: number, value: object): WebhookAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
  };
}
