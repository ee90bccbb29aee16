import { z } from 'zod';
import { isLoopback } from '../../middleware/isLoopback.ts';
import { isOff, list, misconfigured, optional, text, url } from './fields.ts';

/** The tenant of Entra ID whose people sign in, or whose programs call. */
export interface EntraConfig {
  /** `BLUETICK_ENTRA_TENANT_ID`. */
  readonly tenantId: string;
  /** `BLUETICK_ENTRA_AUTHORITY`: the issuer. Default `https://login.microsoftonline.com/<tenant>/v2.0`. */
  readonly authority: string;
  /** Who Bluetick is where people sign in; absent: only tokens are taken. */
  readonly client: { readonly id: string; readonly secret: string } | undefined;
  /** `BLUETICK_ENTRA_AUDIENCE`: for whom access tokens of the API are issued. Empty: none are taken. */
  readonly audiences: readonly string[];
}

/** The settings as the environment has them. */
export const entraSettings = z.object({
  BLUETICK_ENTRA_TENANT_ID: optional(
    z.guid({ error: 'allowed: the id of one tenant, a GUID (not common, organizations or consumers)' }),
  ),
  BLUETICK_ENTRA_CLIENT_ID: text,
  BLUETICK_ENTRA_CLIENT_SECRET: text,
  BLUETICK_ENTRA_AUTHORITY: url,
  BLUETICK_ENTRA_AUDIENCE: list,
});

/**
 * Reads them; `undefined`: Entra ID is not asked.
 *
 * @param host `HOST`, with its default
 * @throws BluetickError `invalid_configuration` where they are half set, where the authority is neither https nor loopback,
 *   and where nobody knows to which address Entra ID brings people back
 */
export function readEntra(
  set: z.output<typeof entraSettings>,
  { publicUrl, host }: { readonly publicUrl: string | undefined; readonly host: string },
): EntraConfig | undefined {
  if (isOff(entraSettings, set)) return undefined;
  const { BLUETICK_ENTRA_CLIENT_ID: id, BLUETICK_ENTRA_CLIENT_SECRET: secret } = set;
  const { BLUETICK_ENTRA_AUDIENCE: audiences = [] } = set;
  // As it stands in tokens.
  const tenantId = set.BLUETICK_ENTRA_TENANT_ID?.toLowerCase();
  const isForTokensOnly = audiences.length > 0 && id === undefined && secret === undefined;
  const needed = isForTokensOnly ? tokensNeed : signInNeeds;
  const missing = needed.filter(name => set[name] === undefined);
  const [first] = missing;
  if (first !== undefined || tenantId === undefined) {
    const message = `The sign-in by Entra ID is half set. Missing: ${missing.join(', ')}.`;
    throw misconfigured(first ?? 'BLUETICK_ENTRA_TENANT_ID', message);
  }
  const client = id === undefined || secret === undefined ? undefined : { id, secret };
  if (client !== undefined) checkReturn(publicUrl, host);
  return { tenantId, authority: readAuthority(set, tenantId), client, audiences };
}

const tokensNeed = ['BLUETICK_ENTRA_TENANT_ID'] as const;
const signInNeeds = [
  'BLUETICK_ENTRA_TENANT_ID',
  'BLUETICK_ENTRA_CLIENT_ID',
  'BLUETICK_ENTRA_CLIENT_SECRET',
] as const;

function readAuthority(set: z.output<typeof entraSettings>, tenantId: string): string {
  const authority = set.BLUETICK_ENTRA_AUTHORITY ?? `https://login.microsoftonline.com/${tenantId}/v2.0`;
  if (isSafe(authority)) return authority.replace(/\/+$/, '');
  throw misconfigured(
    'BLUETICK_ENTRA_AUTHORITY',
    'BLUETICK_ENTRA_AUTHORITY: allowed: an address by https; by http on loopback only.',
  );
}

/** Where Entra ID brings people back to must be registered there: it is not taken from what a request says. */
function checkReturn(publicUrl: string | undefined, host: string): void {
  if (publicUrl === undefined && isLoopback(host === '::1' ? '[::1]' : host)) return;
  if (publicUrl !== undefined && isSafe(publicUrl)) return;
  throw misconfigured(
    'PUBLIC_URL',
    'PUBLIC_URL: the sign-in by Entra ID brings people back to it. Allowed: an address by https; none where the host is loopback.',
  );
}

function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || isLoopback(hostname);
}
