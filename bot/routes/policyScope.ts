import { z } from 'zod';
import { channelNames, type ScopeKey } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';

/** Whose settings the API is asked about: an installation's scope, or one conversation. */
export type SettingsScope = ScopeKey | { readonly kind: 'conversation'; readonly id: string };

const id = z.string().min(1).max(200);
const scopeKey = z.union([
  z.strictObject({ kind: z.literal('default') }),
  z.object({ kind: z.literal('channel'), id: z.enum(channelNames) }),
  z.object({ kind: z.enum(['business', 'workstream', 'conversation']), id }),
]);

/**
 * The scope that the parts of an address name.
 *
 * @throws BluetickError `invalid_request` that names `scope`
 */
export function readScope(named: { readonly kind?: string; readonly id?: string }): SettingsScope {
  const read = scopeKey.safeParse(named);
  if (read.success) return read.data;
  const scopes = `default, channel/{${channelNames.join(' | ')}}, business/{id}, workstream/{id}, conversation/{id}`;
  // What was got is in the address; it is not repeated, as it may be a number.
  throw new BluetickError('invalid_request', `scope: got another one, allowed: ${scopes}`, {
    field: 'scope',
  });
}

/** The same of a scope in one text, as `scopeName` writes it: `default`, `channel/meta`. */
export function readScopeName(name: string): SettingsScope {
  const [kind, ...rest] = name.split('/');
  return readScope({ ...(kind !== undefined && { kind }), ...(rest.length > 0 && { id: rest.join('/') }) });
}
