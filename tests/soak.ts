/**
 * `npm run soak`: what takes longer than `npm test` may. First the faults (`-- file` and `-- fleet` play one kind of them), then a
 * million inputs for each door (`-- fuzz` plays these alone, and `-- fuzz meta` the doors with `meta` in their names).
 *
 * @module
 */
const [, , only] = process.argv;
if (only !== 'fuzz') await import('./fault/soak.ts');
if (only === undefined || only === 'fuzz') await import('./fuzz/soak.ts');
