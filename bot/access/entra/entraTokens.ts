import { createEntraTokenCheck } from '../../../middleware/channels/entraToken.ts';
import { BluetickError } from '../../../middleware/errors.ts';
import type { Clock } from '../../../middleware/ports.ts';
import type { EntraConfig } from '../../config/entra.ts';
import type { Caller } from '../caller.ts';
import { whoIs } from './whoIs.ts';

/** How long Entra ID may take to say which keys it signs with, in milliseconds: a caller waits for it. */
const timeoutMs = 5000;

/**
 * Makes the reading of access tokens of Entra ID, by which people and programs call the API without a session.
 *
 * @returns a function of the header `Authorization` that throws BluetickError `unauthorized`, `forbidden` for who has no role,
 *   or `keys_unavailable`; `undefined` where the settings name no audience: no token is taken
 */
export function entraTokens(
  { tenantId, authority, audiences }: EntraConfig,
  clock: Clock,
): ((authorization: string) => Promise<Caller>) | undefined {
  if (audiences.length === 0) return undefined;
  const metadataUrl = `${authority}/.well-known/openid-configuration`;
  const check = createEntraTokenCheck({ tenantId, audiences, metadataUrl }, { timeoutMs, clock });
  return async authorization => {
    const payload = await check(authorization);
    const who = whoIs(payload, tenantId);
    if (who === 'nobody')
      throw new BluetickError('forbidden', 'The token names no role of Bluetick: see docs/sign-in.md');
    return {
      ...who,
      via: 'token',
      expiresAt: Number(payload.exp) * 1000,
      counted: `entra ${payload.oid ?? payload.sub}`,
    };
  };
}
