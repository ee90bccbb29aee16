import { type JWTPayload, jwtVerify } from 'jose';
import { BluetickError, isBluetickError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { createSigningKeys } from './signingKeys.ts';

/** What a token of Microsoft Entra ID must be. */
export interface EntraTokenRule {
  /** The tenant that issues it: its id, a GUID. */
  readonly tenantId: string;
  /** For whom it may be issued: application ids, or their URIs. */
  readonly audiences: readonly string[];
  /**
   * Where the tenant says who it is and where its keys are: an OpenID Connect discovery document. Default
   * `https://login.microsoftonline.com/<tenant>/v2.0/.well-known/openid-configuration`; national clouds have their own.
   */
  readonly metadataUrl?: string;
}

/** How far our clock and the issuer's may be apart, in seconds: Microsoft's own libraries allow five minutes. */
const clockTolerance = 300;

/**
 * Makes the check of an `Authorization` header.
 *
 * 1. There is one header, of the form `Bearer <token>`.
 * 2. The token is signed with RS256 by a key that the tenant's metadata names. Entra ID signs with nothing else; a
 *    token that chooses its own algorithm is not Entra's.
 * 3. It has an end, and is valid now.
 * 4. It was issued for one of the audiences.
 * 5. The tenant issued it, under either of its names: that of the metadata (version 2.0), or the one of version 1.0.
 *
 * Keys that cannot be fetched, or not again yet, are no reason to call the sender a liar: that is `keys_unavailable`, and
 * it may come again.
 *
 * @returns a function that answers what the token says, or throws BluetickError `unauthorized` or `keys_unavailable`
 */
export function createEntraTokenCheck(
  { tenantId, audiences, metadataUrl = defaultMetadataUrl(tenantId) }: EntraTokenRule,
  { timeoutMs, clock }: { readonly timeoutMs: number; readonly clock: Clock },
): (header: string | string[] | undefined) => Promise<JWTPayload> {
  const signingKeys = createSigningKeys(metadataUrl, timeoutMs);
  return async header => {
    const [, token] = (typeof header === 'string' && /^Bearer ([\w.-]+)$/i.exec(header)) || [];
    if (token === undefined) throw refused();
    const { issuer, keyOf } = await signingKeys();
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: ['RS256'],
        audience: [...audiences],
        issuer: [issuer, `https://sts.windows.net/${tenantId}/`],
        requiredClaims: ['exp'],
        clockTolerance,
        currentDate: new Date(clock.now()),
      });
      return payload;
    } catch (error) {
      // What was wrong stays here: it would tell what to try next.
      throw isBluetickError(error) ? error : refused();
    }
  };
}

function defaultMetadataUrl(tenantId: string): string {
  const tenant = encodeURIComponent(tenantId);
  return `https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`;
}

function refused(): BluetickError {
  return new BluetickError('unauthorized', 'The token is missing or not valid here');
}
