/**
 * The entrance of the process. Half of a start is the compiling of what was compiled the last time, so that is kept:
 * beside the packages, where nobody can write who could not change the code itself. Where nothing can be written
 * there, Node goes on without.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'bluetick'));
await import('./main.ts');
