import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { BluetickError } from '../errors.ts';
import { isLoopback } from '../isLoopback.ts';

/** The keys that a provider of tokens signs with. */
export interface SigningKeys {
  /** Who signs with them, as its metadata says. */
  readonly issuer: string;
  /**
   * Finds the key of a token.
   *
   * @throws BluetickError `keys_unavailable`, also where the key is new and may not be looked for yet; jose's own error
   *   where the provider has no such key
   */
  readonly keyOf: JWTVerifyGetKey;
}

/** The parts of an OpenID Connect discovery document that tell who signs, and where the keys are. */
const metadata = z.looseObject({ issuer: z.string().min(1), jwks_uri: z.url().refine(isSafe) });

/** Keys that anybody on the way could exchange are none: https, or this machine. */
function isSafe(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** How long keys are taken as current: Microsoft's own libraries ask anew twice a day. */
const cacheMaxAge = 12 * 60 * 60 * 1000;

/**
 * Answers the keys that an OpenID Connect metadata document names. Both are fetched when first needed; keys again after
 * twelve hours, or when a token names one that is new, at most every 30 seconds.
 *
 * @param metadataUrl the document's address
 * @param timeoutMs how long each of the two fetches may take
 * @returns a function that rejects with BluetickError `keys_unavailable` while the document cannot be had
 */
export function createSigningKeys(metadataUrl: string, timeoutMs: number): () => Promise<SigningKeys> {
  let known: Promise<SigningKeys> | undefined;
  const load = async (): Promise<SigningKeys> => {
    const document = await fetchMetadata(metadataUrl, timeoutMs);
    const options = { timeoutDuration: timeoutMs, cacheMaxAge };
    const remote = createRemoteJWKSet(new URL(document.jwks_uri), options);
    const keyOf: JWTVerifyGetKey = (header, token) => {
      const { coolingDown } = remote;
      return remote(header, token).catch(error => giveUp(error, coolingDown));
    };
    return { issuer: document.issuer, keyOf };
  };
  return () => {
    known ??= load().catch(cause => {
      // What failed is not kept: the next webhook tries again.
      known = undefined;
      throw unavailable(cause);
    });
    return known;
  };
}

async function fetchMetadata(url: string, timeoutMs: number): Promise<z.output<typeof metadata>> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`The metadata was answered ${response.status}`);
  return metadata.parse(await response.json());
}

/**
 * A key that is not there is the token's fault; anything else means that we could not look.
 *
 * @param coolingDown whether the keys were too new to be fetched again: a key that is missing may be newer still
 */
function giveUp(error: unknown, coolingDown: boolean): never {
  const foreign =
    (error instanceof errors.JWKSNoMatchingKey && !coolingDown) ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported;
  throw foreign ? error : unavailable(error);
}

function unavailable(cause: unknown): BluetickError {
  return new BluetickError('keys_unavailable', 'The keys that tokens are signed with cannot be fetched', {
    cause,
  });
}
