import { defaultPolicy } from './defaultPolicy.ts';
import { frozenCopy } from './frozenCopy.ts';
import { invalidPolicy } from './invalidPolicy.ts';
import type { Delay, Policy, PolicyDocument } from './policy.ts';

/** One document of the chain, and where it comes from in words that an administrator knows. */
export interface PolicyLink {
  /** Such as `workstream sales`. */
  readonly source: string;
  readonly document: PolicyDocument;
}

/** A complete policy, and where each of its fields comes from. Nothing of it can be changed. */
export interface ResolvedPolicy {
  readonly policy: Policy;
  /** The source of each field by its path: `{ 'read.delay.minMs': 'channel meta', … }`. */
  readonly sources: Readonly<Record<string, string>>;
}

/** The source of every field that no document sets. */
export const builtInSource = 'built-in default';

interface Layer {
  readonly source: string;
  readonly value: unknown;
}

type Section = Readonly<Record<string, unknown>>;

/**
 * Makes one policy of a chain of documents, field by field: the nearest document that sets a field gives it.
 * `null` sets a field; `undefined` does not. A template is one field: its parts are never mixed.
 *
 * @param links from the nearest document (a message's) to the farthest; the built-in defaults come after them.
 * @throws BluetickError `invalid_policy` if a `minMs` of one document lies above the `maxMs` of another.
 */
export function resolvePolicy(links: readonly PolicyLink[]): ResolvedPolicy {
  const resolved = resolveFields(links);
  const { policy, sources } = resolved;
  refuseEmptyRange('read.delay', policy.read.delay, sources);
  refuseEmptyRange('think.delay', policy.think.delay, sources);
  refuseEmptyRange('reply.delay', policy.reply.delay, sources);
  return resolved;
}

/** The same for whoever looks at a chain that no conversation lives by: what contradicts itself is shown as it is. */
export function resolveFields(links: readonly PolicyLink[]): ResolvedPolicy {
  const sources: Record<string, string> = {};
  const layers = links.map(link => ({ source: link.source, value: link.document }));
  // The shape of the result is that of the defaults, which are a whole policy.
  const policy = resolveSection({ ...defaultPolicy }, layers, '', sources) as unknown as Policy;
  return Object.freeze({ policy, sources: Object.freeze(sources) });
}

function resolveSection(
  defaults: Section,
  layers: readonly Layer[],
  prefix: string,
  sources: Record<string, string>,
): Section {
  const fields = Object.entries(defaults).map(([name, byDefault]) => {
    const path = `${prefix}${name}`;
    const stated = layers.flatMap(({ source, value }) => {
      const inner = (value as Section)[name];
      return inner === undefined ? [] : [{ source, value: inner }];
    });
    if (isSection(byDefault)) return [name, resolveSection(byDefault, stated, `${path}.`, sources)];
    const nearest = stated[0] ?? { source: builtInSource, value: byDefault };
    sources[path] = nearest.source;
    return [name, frozenCopy(nearest.value)];
  });
  return Object.freeze(Object.fromEntries(fields));
}

/** The defaults tell sections and fields apart: a field's default is never an object. */
function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null;
}

function refuseEmptyRange(path: string, { minMs, maxMs }: Delay, sources: Record<string, string>): void {
  if (maxMs === null || minMs <= maxMs) return;
  const minPath = `${path}.minMs`;
  const maxPath = `${path}.maxMs`;
  throw invalidPolicy(
    minPath,
    `got ${minMs} (from ${sources[minPath]}), allowed: at most ${maxPath}, which is ${maxMs} (from ${sources[maxPath]})`,
  );
}
