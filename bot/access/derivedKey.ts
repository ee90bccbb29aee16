import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * A key that is derived from the administrator's, by scrypt: whoever holds what it signed can try administrator's keys on it
 * at leisure, and somebody may have made up theirs. Each try takes some 40 ms. That is paid once, by the first who needs it.
 *
 * @param salt what tells it from others that are derived from the same key
 */
export function derivedKey(apiKey: string, salt: string): () => Promise<Uint8Array> {
  let derived: Promise<Uint8Array> | undefined;
  return () => {
    derived ??= promisify<string, string, number, Buffer>(scrypt)(apiKey, salt, 32);
    return derived;
  };
}
