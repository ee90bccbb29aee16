import type { Field } from './fields.ts';

/** What one unit on the page is in the document: seconds are milliseconds there, percents are shares. */
const perUnit = { duration: 1000, perCharacter: 1, share: 0.01 } as const;

/** The kinds of fields that are numbers. */
export type NumberKind = keyof typeof perUnit;

/** Whether a field is edited as a number. */
export function isNumber(field: Field): field is Field & { readonly kind: NumberKind } {
  return field.kind in perUnit;
}

/** A value of a document as one edits it: seconds, milliseconds a character, percents. Nothing for `null`. */
export function shownNumber(kind: NumberKind, value: unknown): string {
  return typeof value === 'number' ? String(tidy(value / perUnit[kind])) : '';
}

/**
 * What was entered, as the document has it. Durations become whole milliseconds.
 *
 * @returns `undefined` where nothing was entered that is a number
 */
export function enteredNumber(kind: NumberKind, entered: string): number | undefined {
  const number = entered.trim() === '' ? Number.NaN : Number(entered);
  if (!Number.isFinite(number)) return undefined;
  return kind === 'duration' ? Math.round(number * perUnit.duration) : tidy(number * perUnit[kind]);
}

/** Without what binary fractions leave behind: 0.07 × 100 is 7. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
