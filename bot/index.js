/**
 * The entrance of the process. Half of a start is the compiling of what was compiled the last time, so that is kept:
 * beside the packages, where nobody can write who could not change the code itself. Where nothing can be written
 * there, Node goes on without.
 *
 * It is JavaScript, as the one file that is loaded before: for TypeScript Node would load its type stripper, which takes
 * a tenth of a start and which the rest, found as it was compiled, does not need.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'node_modules', '.cache', 'bluetick');
enableCompileCache(folder);
// A thread has a cache of its own, and learns of it from the environment alone.
process.env.NODE_COMPILE_CACHE ??= folder;
await import('./main.ts');
