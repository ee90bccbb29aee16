import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';

/** The administrator's keys as they are now: the current one first, then those still valid. Never empty. */
export type ApiKeys = () => readonly string[];

const derive = promisify<string, string, number, Buffer>(scrypt);

/**
 * Keys that are derived from the administrator's, by scrypt: whoever holds what one of them signed can try administrator's keys
 * on it at leisure, and somebody may have made up theirs. Each try takes some 40 ms. That is paid once a key, by the first who
 * needs it.
 */
export class DerivedKeys {
  readonly #apiKeys: ApiKeys;
  readonly #salt: string;
  readonly #derived = new Map<string, Promise<Uint8Array>>();

  /** @param salt what tells them from others that are derived from the same keys */
  constructor(apiKeys: ApiKeys, salt: string) {
    this.#apiKeys = apiKeys;
    this.#salt = salt;
  }

  /** The one of the current key, with which things are made. */
  current(): Promise<Uint8Array> {
    const [apiKey = ''] = this.#listed();
    return this.#of(apiKey);
  }

  /**
   * Opens something with the key by which it was made, which is one of those that are still valid, or nobody's.
   *
   * @param open throws where it was made by another key
   * @returns what `open` answers
   * @throws what `open` throws for the last
   */
  async open<T>(open: (key: Uint8Array) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const apiKey of this.#listed())
      try {
        return await open(await this.#of(apiKey));
      } catch (error) {
        failure = error;
      }
    throw failure;
  }

  /** What was derived of a key that is not listed any more is forgotten. */
  #listed(): readonly string[] {
    const apiKeys = this.#apiKeys();
    for (const known of this.#derived.keys()) if (!apiKeys.includes(known)) this.#derived.delete(known);
    return apiKeys;
  }

  #of(apiKey: string): Promise<Uint8Array> {
    const known = this.#derived.get(apiKey) ?? derive(apiKey, this.#salt, 32);
    this.#derived.set(apiKey, known);
    return known;
  }
}
