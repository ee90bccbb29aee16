import type { z } from 'zod';
import { BluetickError } from '../errors.ts';

/** How much of a value that was got is repeated in a message: enough to recognise it by. */
const longestShown = 60;

/** How many faults of one document a message lists. */
const mostListed = 5;

/** A policy was refused: `invalid_policy`, with the path of the field at fault and the whole reason. */
export function invalidPolicy(field: string, reason: string): BluetickError {
  return new BluetickError('invalid_policy', `${field}: ${reason}`, { field });
}

/**
 * Says in words what the schema found wrong. The first fault gives the error its `field`.
 *
 * The schema writes what is allowed as the message of each issue; the path and what was got are added here.
 */
export function invalidDocument(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  at: string,
): BluetickError {
  const faults = issues.flatMap(issue => {
    const path = issue.path.map(key => shorten(String(key)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(key => ({
        field: join(at, [...path, shorten(key)]),
        reason: `unknown field; ${issue.message}`,
      }));
    }
    const got = showValue(issue.path.reduce(inside, input));
    return [{ field: join(at, path), reason: `got ${got}, allowed: ${issue.message}` }];
  });
  // A number can break two rules of one field, which are told in the same words.
  const told = [...new Set(faults.map(({ field, reason }) => `${field}: ${reason}`))];
  const listed = told.slice(0, mostListed);
  if (told.length > mostListed) listed.push(`and ${told.length - mostListed} more`);
  return new BluetickError('invalid_policy', listed.join('; '), { field: faults[0]?.field });
}

/** Shows a value in a message: as short JSON where there is one. Never throws, whatever the value. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON would show NaN and the infinities as null.
  if (typeof value === 'number') return String(value);
  try {
    return shorten(JSON.stringify(value) ?? `a value of the type ${typeof value}`);
  } catch {
    // A bigint, something circular, or a `toJSON` that throws.
    return `a value of the type ${typeof value}`;
  }
}

function shorten(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function join(at: string, path: readonly string[]): string {
  return [...(at === '' ? [] : [at]), ...path].join('.') || 'policy';
}

function inside(value: unknown, key: PropertyKey): unknown {
  return (value as Record<PropertyKey, unknown> | undefined)?.[key];
}
