/**
 * The pieces of the schemas. The message of each issue is what is allowed: `invalidDocument` adds the rest.
 *
 * @module
 */
import { z } from 'zod';

/**
 * An object with these fields and no others.
 *
 * @param orElse what else is allowed, for the message. Default nothing.
 */
export function section<Shape extends z.core.$ZodShape>(shape: Shape, orElse = '') {
  const names = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: issue =>
      issue.code === 'unrecognized_keys' ? `allowed here: ${names}` : `an object of ${names}${orElse}`,
  });
}

/** An object with ids as its keys. Zod's record would leave `__proto__` out without a word; here it is refused. */
export function byId<Value>(value: z.ZodType<Value>) {
  const error = 'an object with ids of 1 to 200 characters as its fields, and no __proto__';
  return z.preprocess(
    (input, context) => {
      const ids = typeof input === 'object' && input !== null ? Object.keys(input) : [];
      if (!ids.every(id => isId(id))) context.issues.push({ code: 'custom', input, message: error });
      return input;
    },
    z.record(z.string(), value, { error }),
  );
}

function isId(id: string): boolean {
  return id.length >= 1 && id.length <= 200 && id !== '__proto__';
}

/** A duration in whole milliseconds. */
export function milliseconds(most: number, least = 0) {
  return z
    .int({ error: `a whole number of milliseconds from ${least} to ${most}` })
    .min(least)
    .max(most);
}

/** A duration in whole milliseconds, or `null`. */
export function millisecondsOrNull(most: number, least = 0) {
  const error = `a whole number of milliseconds from ${least} to ${most}, or null`;
  return z.int({ error }).min(least).max(most).nullable();
}

/** A text that is not empty. */
export function text(most: number) {
  return z
    .string({ error: `a text of 1 to ${most} characters` })
    .min(1)
    .max(most);
}
