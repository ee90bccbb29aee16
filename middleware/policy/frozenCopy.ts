/**
 * Copies a JSON-like value and freezes every level, so that neither the copy nor a change of the original can
 * alter a policy that is in use.
 */
export function frozenCopy<Value>(value: Value): Value {
  return copy(value) as Value;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(copy));
  if (typeof value !== 'object' || value === null) return value;
  // `fromEntries` defines properties: a key named `__proto__` stays a key.
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)])));
}
