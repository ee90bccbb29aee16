import type { Configuration } from 'openid-client';
import { BluetickError } from '../../../middleware/errors.ts';
import type { Clock, Logger } from '../../../middleware/ports.ts';
import type { EntraConfig } from '../../config/entra.ts';
import type { Role } from '../caller.ts';
import type { ApiKeys } from '../derivedKeys.ts';
import { Transactions } from './transactions.ts';
import { whoIs } from './whoIs.ts';

/** What {@link EntraSignIn} is made of. */
export interface EntraSignInParts {
  readonly config: EntraConfig & { readonly client: NonNullable<EntraConfig['client']> };
  /** The secret of the client as it is now. */
  readonly clientSecret: () => string;
  /** The administrator's keys, from which those of the transactions are derived. */
  readonly apiKeys: ApiKeys;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How a sign-in ended. */
export type SignInEnd =
  | {
      readonly how: 'done';
      readonly who: { readonly role: Role; readonly agent?: string };
      readonly returnTo: string;
    }
  /** Entra ID knows them, and they have no role here. */
  | { readonly how: 'forbidden' }
  /** The answer was not to a question of this browser's, or Entra ID refused. */
  | { readonly how: 'failed' };

/** How long each call to Entra ID may take, in seconds: somebody waits for the page. */
const timeoutS = 5;

/** How far our clock and Entra ID's may be apart, in seconds: Microsoft's own libraries allow five minutes. */
const clockToleranceS = 300;

/** What of an error of a provider or a library may be logged: a word of its catalogue. */
const plainWord = /^[A-Za-z_]{1,60}$/;

/**
 * Signs people in by Entra ID: OpenID Connect's code flow with PKCE, `state` and `nonce`; the ID token's signature is checked
 * too. The package is loaded, and Entra ID asked who it is, when the first one comes.
 */
export class EntraSignIn {
  readonly #parts: EntraSignInParts;
  readonly #transactions: Transactions;
  /** Who Entra ID is, with the client's secret by which it was asked. */
  #client: { readonly secret: string; readonly found: Promise<Configuration> } | undefined;

  constructor(parts: EntraSignInParts) {
    this.#parts = parts;
    this.#transactions = new Transactions(parts.apiKeys, parts.clock);
  }

  /**
   * Begins: where the browser goes, and what it keeps meanwhile.
   *
   * @param redirectUri where Entra ID brings it back to
   * @throws BluetickError `keys_unavailable` where Entra ID cannot be asked
   */
  async begin(redirectUri: string, returnTo: string): Promise<{ address: string; kept: string }> {
    const openid = await import('openid-client');
    const client = await this.#discovered();
    const [state, nonce] = [openid.randomState(), openid.randomNonce()];
    const verifier = openid.randomPKCECodeVerifier();
    const address = openid.buildAuthorizationUrl(client, {
      redirect_uri: redirectUri,
      scope: 'openid profile',
      state,
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return {
      address: address.href,
      kept: await this.#transactions.seal({ state, nonce, verifier, returnTo }),
    };
  }

  /**
   * Ends it with what Entra ID sent back.
   *
   * @param kept what the browser kept; absent: nothing
   * @param answer the address that it was brought back to
   * @throws BluetickError `keys_unavailable` where Entra ID cannot be asked
   */
  async finish(kept: string | undefined, answer: URL): Promise<SignInEnd> {
    const transaction = kept && (await this.#transactions.open(kept, answer.searchParams.get('state')));
    if (!transaction) return this.#failed('no_transaction');
    const openid = await import('openid-client');
    const client = await this.#discovered();
    try {
      const tokens = await openid.authorizationCodeGrant(client, answer, {
        expectedState: transaction.state,
        expectedNonce: transaction.nonce,
        pkceCodeVerifier: transaction.verifier,
      });
      const who = whoIs(tokens.claims(), this.#parts.config.tenantId);
      if (who === 'nobody') return { how: 'forbidden' };
      return { how: 'done', who, returnTo: transaction.returnTo };
    } catch (error) {
      if (isOutage(error)) throw unavailable();
      return this.#failed(wordOf(error));
    }
  }

  #failed(because: string): SignInEnd {
    this.#parts.log.info({ because }, 'A sign-in by Entra ID failed');
    return { how: 'failed' };
  }

  #discovered(): Promise<Configuration> {
    const secret = this.#parts.clientSecret();
    if (this.#client?.secret === secret) return this.#client.found;
    const found = this.#discover(secret).catch(error => {
      // What failed is not kept: the next one tries again.
      if (this.#client?.found === found) this.#client = undefined;
      this.#parts.log.warn({ because: wordOf(error) }, 'Entra ID cannot be asked who it is');
      throw unavailable();
    });
    this.#client = { secret, found };
    return found;
  }

  async #discover(secret: string): Promise<Configuration> {
    const { authority, client } = this.#parts.config;
    const openid = await import('openid-client');
    const metadata = {
      client_secret: secret,
      id_token_signed_response_alg: 'RS256',
      [openid.clockTolerance]: clockToleranceS,
    };
    // Plain http is for loopback alone: the settings take no other.
    const isPlain = authority.startsWith('http:');
    return openid.discovery(new URL(authority), client.id, metadata, undefined, {
      timeout: timeoutS,
      execute: [openid.enableNonRepudiationChecks, ...(isPlain ? [openid.allowInsecureRequests] : [])],
    });
  }
}

/** Whether Entra ID could not be asked, rather than said no. */
function isOutage(error: unknown): boolean {
  const { code, status } = (error ?? {}) as { code?: unknown; status?: unknown };
  if (typeof status === 'number') return status >= 500;
  return code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || isFetchFailure(error);
}

/** Node's `fetch` throws a `TypeError` with the socket's error as its cause where no answer comes. */
function isFetchFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { cause } = error;
  return (error instanceof TypeError && cause instanceof Error) || isFetchFailure(cause);
}

/** What is wrong, by a word that holds no token: messages and causes may. */
function wordOf(error: unknown): string {
  const { error: refused, code } = (error ?? {}) as { error?: unknown; code?: unknown };
  const word = [refused, code].find(each => typeof each === 'string' && plainWord.test(each));
  return typeof word === 'string' ? word : 'unexpected';
}

function unavailable(): BluetickError {
  return new BluetickError('keys_unavailable', 'Entra ID cannot be reached now: try again');
}
