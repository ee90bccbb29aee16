import type { Policy } from './policy.ts';
import { type PolicyLink, type ResolvedPolicy, resolveFields } from './resolvePolicy.ts';

/** The value of a field, and which link of the chain gives it. */
export interface FieldValue {
  readonly value: unknown;
  /** As {@link ResolvedPolicy.sources} say it, such as `channel meta`. */
  readonly from: string;
}

/** A field as it holds in a scope, and as it would hold there if the scope said nothing of it. */
export interface EffectiveField extends FieldValue {
  readonly inherited: FieldValue;
}

/**
 * What holds in a scope, field by field. Documents that contradict each other are shown as they are: whoever looks may
 * want to mend them.
 *
 * @param own the document of the scope, if it has one
 * @param wider those that it takes the rest from, from the nearest to the farthest
 * @returns by the path of the field, such as `read.delay.minMs`
 */
export function effectivePolicy(
  own: PolicyLink | undefined,
  wider: readonly PolicyLink[],
): Readonly<Record<string, EffectiveField>> {
  const inherited = resolveFields(wider);
  const resolved = own === undefined ? inherited : resolveFields([own, ...wider]);
  return Object.fromEntries(
    Object.keys(resolved.sources).map(path => [
      path,
      { ...fieldOf(resolved, path), inherited: fieldOf(inherited, path) },
    ]),
  );
}

function fieldOf({ policy, sources }: ResolvedPolicy, path: string): FieldValue {
  return { value: valueAt(policy, path), from: String(sources[path]) };
}

function valueAt(policy: Policy, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((section, name) => (section as Readonly<Record<string, unknown>>)[name], policy);
}
