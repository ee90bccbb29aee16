import { Webhook } from 'standardwebhooks';
import { requireSettings } from '../../channels/requireSetting.ts';
import { BluetickError } from '../../errors.ts';

const prefix = 'whsec_';
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Standard Webhooks, "Signature scheme": between 24 bytes and 64. */
const keyBytes = { min: 24, max: 64 } as const;

/**
 * Signs a web hook.
 *
 * @param at when it is sent, in Unix milliseconds: another at every try, since receivers refuse old ones
 * @returns the three headers of Standard Webhooks
 */
export type HookSigner = (hook: {
  readonly id: string;
  readonly at: number;
  readonly body: string;
}) => Readonly<Record<string, string>>;

/**
 * Makes the signer. Every secret signs, so that a receiver goes on while one is replaced by another.
 *
 * @param secrets each `whsec_` and base64, or anything else, which is taken byte by byte; 24 to 64 bytes
 * @param setting the name of the setting that they came from: messages name it, and never show a secret
 * @throws BluetickError `invalid_configuration`
 */
export function createHookSigner(secrets: readonly string[], setting = 'BLUETICK_HOOK_SECRET'): HookSigner {
  const keys = requireSettings(secrets, setting).map(
    secret => new Webhook(readKey(secret, setting), { format: 'raw' }),
  );
  return ({ id, at, body }) => ({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': keys.map(key => key.sign(id, new Date(at), body)).join(' '),
  });
}

function readKey(secret: string, field: string): Uint8Array {
  const refuse = (why: string) => new BluetickError('invalid_configuration', `${field} ${why}`, { field });
  const encoded = secret.startsWith(prefix) ? secret.slice(prefix.length) : undefined;
  if (encoded !== undefined && !base64.test(encoded)) throw refuse(`must be base64 after ${prefix}`);
  const key = encoded === undefined ? Buffer.from(secret, 'utf8') : Buffer.from(encoded, 'base64');
  if (key.length >= keyBytes.min && key.length <= keyBytes.max) return key;
  throw refuse(`must be of ${keyBytes.min} to ${keyBytes.max} bytes, got ${key.length}`);
}
