import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures');

/** A fixture of `tests/fixtures/`. */
export function fixture<T = object>(name: string): T {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}
