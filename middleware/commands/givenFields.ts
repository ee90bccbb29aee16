import { readJsonBody } from '../channels/readJsonBody.ts';

/**
 * What a maker's value says where it comes as the value of an activity: an object, the JSON of one, or nothing at all.
 *
 * JSON within a text is under the rules for a request's body, which the text itself has passed as a text alone.
 *
 * @returns the object {@link withoutBlanks}; what is none comes back as it is, for the schema to refuse
 */
export function givenFields(value: unknown): unknown {
  return withoutBlanks(parsed(value));
}

/**
 * Takes out the fields that a maker left blank: Copilot Studio sends them as `null` (Power Fx) or as an empty text, and
 * models fill in what they do not need so. What is no object with fields comes back as it is.
 */
export function withoutBlanks(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  return Object.fromEntries(Object.entries(given).filter(([, field]) => field !== null && field !== ''));
}

function parsed(value: unknown): unknown {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return {};
  try {
    return readJsonBody(Buffer.from(value));
  } catch {
    return value;
  }
}
