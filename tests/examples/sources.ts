/**
 * Lets examples find the sources where they import `bluetick`, as `tsconfig.json` lets the compiler: a checkout has no build.
 * It counts for what is imported after it, by `import()`.
 *
 * @module
 */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..');
const sources = new Map([
  ['bluetick', 'middleware/index.ts'],
  ['bluetick/testing', 'bot/testing/index.ts'],
]);

registerHooks({
  resolve(specifier, context, next) {
    const source = sources.get(specifier);
    return next(source === undefined ? specifier : pathToFileURL(join(root, source)).href, context);
  },
});
