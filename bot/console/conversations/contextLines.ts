/** The most lines that are shown of what a bot hands over: agents read it at a glance. */
const mostLines = 50;

/**
 * What a bot handed over, as names and values for reading: what is within something else has its names joined by dots.
 */
export function contextLines(
  context: Readonly<Record<string, unknown>>,
): readonly (readonly [string, string])[] {
  return linesOf(context, '').slice(0, mostLines);
}

function linesOf(value: unknown, name: string): (readonly [string, string])[] {
  if (value === null || value === undefined || value === '') return [];
  if (typeof value !== 'object') return [[name, String(value)]];
  if (Array.isArray(value) && value.every(each => typeof each !== 'object'))
    return value.length === 0 ? [] : [[name, value.join(', ')]];
  return Object.entries(value).flatMap(([key, each]) => linesOf(each, name === '' ? key : `${name}.${key}`));
}
