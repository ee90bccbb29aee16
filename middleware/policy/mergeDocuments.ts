import type { PolicyDocument } from './policy.ts';

/** One document over another, field by field; both have been checked. */
export function mergeDocuments(under: unknown, over: PolicyDocument): PolicyDocument {
  return merge(under ?? {}, over) as PolicyDocument;
}

function merge(under: unknown, over: unknown): unknown {
  if (!isSection(under) || !isSection(over)) return over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(merged[key], value);
  return merged;
}

/** A template has a language, and is replaced as a whole. */
function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !('language' in value);
}
