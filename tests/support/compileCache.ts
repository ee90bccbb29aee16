/**
 * Lets Node keep what it makes of the sources, for every process and every thread of a test run: each store's thread and each
 * host would otherwise strip and compile the same modules anew. The start of a thread took 170 ms of CPU so, and takes
 * 100. What Node reads from there it checks against the source first (nodejs.org/api/module.html#module-compile-cache).
 *
 * @module
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Code from the cache is not covered exactly.
if (process.env.NODE_V8_COVERAGE === undefined) {
  // Threads, and the processes in which mocha runs the files, learn of it from the environment alone.
  process.env.NODE_COMPILE_CACHE ??= join(
    import.meta.dirname,
    '..',
    '..',
    'node_modules',
    '.cache',
    'bluetick',
  );
  enableCompileCache();
}
