import { BluetickError } from '../../errors.ts';

/** The fields of a form by name, each with its values in their order: a name may come several times. */
export type FormFields = ReadonlyMap<string, readonly string[]>;

/** The most fields that a form may have. Twilio documents some 60, of which files number ten at most. */
const mostFields = 500;

/** Names that Twilio does not send, and that can change an object's prototype if code copies them on. */
const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Decodes a body of the type `application/x-www-form-urlencoded`: strict UTF-8, before and behind the percent signs.
 *
 * @returns `undefined` if it is none, or has more fields than there can be
 */
export function decodeForm(body: Buffer): FormFields | undefined {
  try {
    // A byte order mark stays: what is signed must not lose a byte.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    const parts = text.split('&', mostFields + 1);
    if (parts.length > mostFields) return undefined;
    const fields = new Map<string, string[]>();
    for (const part of parts) {
      if (part === '') continue;
      const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(part) ?? [];
      const values = fields.get(decode(name));
      if (values === undefined) fields.set(decode(name), [decode(value)]);
      else values.push(decode(value));
    }
    return fields;
  } catch {
    return undefined;
  }
}

/**
 * Reads the body of a webhook as a form, under the same care as `readJsonBody` reads JSON.
 *
 * @throws BluetickError `invalid_request`; the message holds nothing of the body
 */
export function readFormBody(body: Buffer): FormFields {
  const fields = decodeForm(body);
  if (fields === undefined) {
    throw new BluetickError(
      'invalid_request',
      `The body is not a form in UTF-8 of at most ${mostFields} fields`,
    );
  }
  if ([...fields.keys()].some(name => forbiddenNames.has(name))) {
    throw new BluetickError('invalid_request', 'The body holds a forbidden key');
  }
  return fields;
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
