/** Writes the tables in the docs that are made of the code: `npm run tables`. */
import { writeFile } from 'node:fs/promises';
import { generatedFiles } from './generatedTables.ts';

for (const { path, is, wanted } of await generatedFiles()) {
  if (is !== wanted) await writeFile(path, wanted);
}
