/** Where settings may stand, from the widest to the nearest. */
export const scopeKinds = ['default', 'channel', 'business', 'workstream', 'conversation'] as const;

/** See {@link scopeKinds}. */
export type ScopeKind = (typeof scopeKinds)[number];

/** Whose settings are shown: `id` is empty for `default`. */
export interface Scope {
  readonly kind: ScopeKind;
  readonly id: string;
}

/** The scope that the parts of an address name; none: `default`. `undefined`: there is no such scope. */
export function scopeOfRoute([kind = 'default', ...rest]: readonly string[]): Scope | undefined {
  const known = scopeKinds.find(each => each === kind);
  if (known === undefined) return undefined;
  const id = rest.join('/');
  return (known === 'default') === (id === '') ? { kind: known, id } : undefined;
}

/** The parts of its address behind `#/policy`. */
export function routeOfScope({ kind, id }: Scope): readonly string[] {
  return kind === 'default' ? [] : [kind, id];
}

/** Its name as the API has it: `default`, `channel/meta`. */
export function nameOfScope({ kind, id }: Scope): string {
  return kind === 'default' ? kind : `${kind}/${id}`;
}

/** The way to its settings in the API. */
export function pathOfScope({ kind, id }: Scope): string {
  return `/api/v1/policies/${kind === 'default' ? kind : `${kind}/${encodeURIComponent(id)}`}`;
}

/** The scope of a name of the API's. */
export function scopeOfName(name: string): Scope | undefined {
  const [kind, ...id] = name.split('/');
  return scopeOfRoute([kind ?? '', ...(id.length === 0 ? [] : [id.join('/')])]);
}

/**
 * The scope that a source of the API's names: `channel meta`, `default`, `conversation`.
 *
 * @returns `undefined` for the built-in default, which is nowhere to be changed
 */
export function scopeOfSource(source: string, shown: Scope): Scope | undefined {
  if (source === shown.kind) return shown;
  const [kind, ...id] = source.split(' ');
  return source === 'built-in default'
    ? undefined
    : scopeOfRoute([kind ?? '', ...(id.length === 0 ? [] : [id.join(' ')])]);
}

/** Which role may change a scope: a team's and one customer's settings are a supervisor's, the rest is every customer's. */
export function roleToChange({ kind }: Scope): 'supervisor' | 'administrator' {
  return kind === 'workstream' || kind === 'conversation' ? 'supervisor' : 'administrator';
}
