/**
 * The tables in the docs that are made of the code, each between two comments that name it. `writeTables.ts` writes them;
 * a test says which are out of date.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capabilityTable } from './capabilityTable.ts';
import { failureTable, meaningTable } from './failureTable.ts';

const root = join(import.meta.dirname, '..', '..');

/** The tables by their names, with the file that each stands in. */
const tables: readonly { readonly name: string; readonly file: string; readonly table: () => string }[] = [
  { name: 'capabilities', file: 'README.md', table: capabilityTable },
  { name: 'failure names', file: 'docs/failures.md', table: meaningTable },
  { name: 'failure codes', file: 'docs/failures.md', table: failureTable },
];

/** The files as they are, and as they would be with tables of today. */
export async function generatedFiles(): Promise<{ path: string; is: string; wanted: string }[]> {
  const files = new Map<string, { path: string; is: string; wanted: string }>();
  for (const { name, file, table } of tables) {
    const path = join(root, file);
    const is = files.get(file)?.is ?? (await readFile(path, 'utf8'));
    const before = files.get(file)?.wanted ?? is;
    files.set(file, { path, is, wanted: replaced(before, name, table()) });
  }
  return [...files.values()];
}

function replaced(markdown: string, name: string, table: string): string {
  const begin = `<!-- ${name}: made by tests/checks/writeTables.ts -->\n`;
  const end = `<!-- end of ${name} -->`;
  const [from, to] = [markdown.indexOf(begin), markdown.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`There is no place for the table of ${name}`);
  return `${markdown.slice(0, from + begin.length)}\n${table}\n\n${markdown.slice(to)}`;
}
