import { z } from 'zod';
import { isLoopback } from '../../middleware/isLoopback.ts';
import { list, misconfigured } from './fields.ts';

/** The settings as the environment has them. */
export const browserSettings = z.object({ BLUETICK_CORS_ORIGINS: list });

/**
 * Reads the origins of the pages from which agents' browsers may call: none, where the setting is not there.
 *
 * @throws BluetickError `invalid_configuration` for what is no origin; plain `http` is one on loopback only
 */
export function readCorsOrigins(set: z.output<typeof browserSettings>): readonly string[] {
  const { BLUETICK_CORS_ORIGINS: origins = [] } = set;
  if (!origins.every(isOrigin)) {
    throw misconfigured(
      'BLUETICK_CORS_ORIGINS',
      'BLUETICK_CORS_ORIGINS: allowed: origins such as https://contoso.crm.dynamics.com, without a path or a *; http on loopback only.',
    );
  }
  return origins;
}

/**
 * Compared with the header `Origin` letter by letter, so it must be written as browsers write it. A `*` is a letter of a
 * host's name to them: it would be taken, and let nobody in.
 */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text) || text.includes('*')) return false;
  const { origin, protocol, hostname } = new URL(text);
  return origin === text && (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)));
}
