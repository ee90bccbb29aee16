/** Fails for every export of the library that has no doc comment of its own. Run by `npm run check`. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..', '..');
const files = readdirSync(join(root, 'middleware'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => join(root, 'middleware', name));
const program = ts.createProgram(files, {
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
});

const bare: string[] = [];
for (const file of files) {
  const source = program.getSourceFile(file);
  source?.forEachChild(node => {
    const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
    const exported = modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    // An overload is documented with the first of its kind.
    const implementation = ts.isFunctionDeclaration(node) && isOverloaded(node, source);
    if (!exported || implementation || hasDocComment(node, source)) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    bare.push(`${relative(root, file)}:${line + 1}: ${node.getText(source).split('\n', 1)[0]}`);
  });
}
process.stdout.write(`${files.length} files, ${bare.length} exports without a doc comment\n`);
for (const place of bare) process.stdout.write(`  ${place}\n`);
process.exitCode = bare.length === 0 ? 0 : 1;

function hasDocComment(node: ts.Node, source: ts.SourceFile): boolean {
  const comments = ts.getLeadingCommentRanges(source.text, node.pos) ?? [];
  return comments.some(({ pos }) => source.text.startsWith('/**', pos));
}

function isOverloaded(node: ts.FunctionDeclaration, source: ts.SourceFile): boolean {
  const same = source.statements.filter(
    other => ts.isFunctionDeclaration(other) && other.name?.text === node.name?.text,
  );
  return same.length > 1 && same[0] !== node;
}
