/** The fields of something that a bot wrote and nobody checked: none if it is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The items of a list; none if it is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text or a number as a text; empty for anything else, and for white space. */
export function textOf(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return text.trim() === '' ? '' : text;
}

/** The words of a list with commas between them, such as Omnichannel's tags. */
export function wordsOf(value: unknown): readonly string[] {
  return textOf(value)
    .split(',')
    .map(word => word.trim());
}

/** The texts that say something, one below the other. */
export function linesOf(...texts: readonly string[]): string {
  return texts.filter(text => text.trim() !== '').join('\n');
}
