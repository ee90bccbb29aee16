import { BluetickError } from '../errors.ts';

/** What a value must be made of to be sent in a header: printable ASCII, no blanks. */
const printable = /^[\x21-\x7e]+$/;

/**
 * Checks that a setting holds something; answers it. The message names the setting and never shows the value,
 * which may be a secret.
 *
 * @param value the value as it was configured
 * @param setting its name, such as `META_ACCESS_TOKEN`
 * @throws BluetickError `invalid_configuration`
 */
export function requireSetting(value: string, setting: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new BluetickError('invalid_configuration', `${setting} must not be empty`, { field: setting });
}

/**
 * Checks that a list holds at least one entry, and none that is empty: an empty secret would make signatures
 * that anybody can compute.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function requireSettings(values: readonly string[], setting: string): readonly string[] {
  if (values.length === 0) return [requireSetting('', setting)];
  for (const value of values) requireSetting(value, setting);
  return values;
}

/**
 * Checks that a credential can be sent in a header. The usual accident is the line break at the end of a file
 * that a secret was read from.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function requireHeaderValue(value: string, setting: string): string {
  if (printable.test(requireSetting(value, setting))) return value;
  throw new BluetickError(
    'invalid_configuration',
    `${setting} holds a blank, a line break or a character outside ASCII`,
    { field: setting },
  );
}

/**
 * Checks that a number is finite and above zero; answers it.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function requirePositive(value: number, setting: string): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new BluetickError(
    'invalid_configuration',
    `Expected \`${setting}\` to be a finite number above 0, got ${value}`,
    { field: setting },
  );
}
