import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../../middleware/ports.ts';
import { type ApiKeys, DerivedKeys } from '../derivedKeys.ts';

/** What is remembered while somebody is at Entra ID. */
export interface Transaction {
  /** Comes back with the answer: it belongs to this browser's question. */
  readonly state: string;
  /** Comes back in the token: it was issued for this question. */
  readonly nonce: string;
  /** Of PKCE: only who asked can redeem the code. */
  readonly verifier: string;
  /** The page to return to. */
  readonly returnTo: string;
}

/** How long somebody may take to sign in at Entra ID, second factor and all. */
const lifeMs = 10 * 60_000;

const issuer = 'bluetick';
const audience = 'bluetick/sign-in';
const claims = z.object({
  state: z.string().min(1),
  nonce: z.string().min(1),
  verifier: z.string().min(1),
  returnTo: z.string().min(1),
});

/**
 * The transactions of signing in by Entra ID. All of one is in a cookie, encrypted with a key that is derived from the
 * administrator's, so that any instance can go on with it. Each counts once: this process remembers those that were used,
 * and to other instances Entra ID says it, which takes a code once.
 */
export class Transactions {
  readonly #keys: DerivedKeys;
  readonly #clock: Clock;
  /** By their state, when they would have been over. */
  readonly #used = new Map<string, number>();

  constructor(apiKeys: ApiKeys, clock: Clock) {
    this.#keys = new DerivedKeys(apiKeys, 'bluetick sign-in transactions 1');
    this.#clock = clock;
  }

  /** The text for the cookie. */
  async seal(transaction: Transaction): Promise<string> {
    return new EncryptJWT({ ...transaction })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(Math.ceil((this.#clock.now() + lifeMs) / 1000))
      .encrypt(await this.#keys.current());
  }

  /**
   * The transaction of a cookie, for the first who comes with an answer to it.
   *
   * @param state what the answer says that it belongs to
   * @returns `undefined` where the cookie is not ours or over, the answer belongs to another one, or it was used
   */
  async open(text: string, state: string | null): Promise<Transaction | undefined> {
    const now = this.#clock.now();
    const transaction = await this.#decrypt(text, now);
    if (transaction === undefined || transaction.state !== state || this.#used.has(state)) return undefined;
    for (const [each, over] of this.#used) if (over <= now) this.#used.delete(each);
    this.#used.set(state, now + lifeMs);
    return transaction;
  }

  async #decrypt(text: string, now: number): Promise<Transaction | undefined> {
    try {
      const rules = {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        issuer,
        audience,
        requiredClaims: ['exp'],
        currentDate: new Date(now),
      };
      const { payload } = await this.#keys.open(key => jwtDecrypt(text, key, rules));
      return claims.parse(payload);
    } catch {
      return undefined;
    }
  }
}
