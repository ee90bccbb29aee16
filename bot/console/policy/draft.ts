/** A policy document as it is edited: sections of fields, anything left out. */
export type Draft = Readonly<Record<string, unknown>>;

/** What a document says of a field; `undefined`: nothing, so that it is inherited. `null` is a value. */
export function valueAt(draft: Draft, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((section, name) => (isSection(section) ? section[name] : undefined), draft);
}

/**
 * The same document with another value of a field. What is left empty falls away, so that a document in which everything
 * was cleared is `{}` again.
 *
 * @param value `undefined` takes the field away
 */
export function withValue(draft: Draft, path: string, value: unknown): Draft {
  const [name = '', ...rest] = path.split('.');
  const inner = draft[name];
  const next = rest.length === 0 ? value : withValue(isSection(inner) ? inner : {}, rest.join('.'), value);
  const { [name]: _before, ...others } = draft;
  const isGone = next === undefined || (rest.length > 0 && isSection(next) && Object.keys(next).length === 0);
  return isGone ? others : { ...others, [name]: next };
}

/** Whether two documents say the same, in whatever order. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (!isSection(one) || !isSection(other)) return one === other;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every(name => isSame(one[name], other[name]));
}

/**
 * The field that a refusal is about. The host names it as it stands in the policy file (`channels.meta.typing.show`) or in
 * what was asked (`policy.typing.show`).
 *
 * @param paths the fields that there are
 * @returns `undefined` where it is none of them
 */
export function refusedField(named: string | undefined, paths: readonly string[]): string | undefined {
  return paths.find(path => {
    const end = `.${named}`;
    // A part of a template is a fault of the template.
    return end.endsWith(`.${path}`) || end.includes(`.${path}.`);
  });
}

function isSection(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
