import { BluetickError } from '../errors.ts';

/**
 * Checks that a package is there which only some need, and which the library therefore does not bring.
 *
 * @param name the package's
 * @param who what needs it, for the message
 * @throws BluetickError `invalid_configuration` where it is not installed
 */
export function requirePackage(name: string, who: string): void {
  try {
    import.meta.resolve(name);
  } catch (cause) {
    const message = `${who} needs the package ${name}, which is not installed: npm install ${name}`;
    throw new BluetickError('invalid_configuration', message, { cause });
  }
}
