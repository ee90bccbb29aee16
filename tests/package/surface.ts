import { join } from 'node:path';
import ts from 'typescript';

/** The library's entries, by what users import. */
export const entries = [
  'bluetick',
  ...['acs', 'google', 'meta', 'twilio', 'waha', 'wawp'].map(name => `bluetick/channels/${name}`),
  ...['postgres', 'sqlite'].map(name => `bluetick/storage/${name}`),
  'bluetick/testing',
] as const;

/** The options that users compile with, at their strictest: what is not the library's own is checked too. */
const strictest: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: false,
  erasableSyntaxOnly: true,
};

/** What the compiler says of files in a folder that has the library installed. */
export function compile(files: readonly string[], options: ts.CompilerOptions = {}): readonly string[] {
  const program = ts.createProgram(files, { ...strictest, ...options });
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${file?.fileName.replace(/^.*?\/node_modules\//, '') ?? ''}: ${text}`;
  });
}

/** Every name that an entry's types export, one a line, types with `type` before it. */
export function surfaceOf(folder: string): string {
  const file = join(folder, 'everything.ts');
  const program = ts.createProgram([file], strictest);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const lines: string[] = [];
  source?.forEachChild(node => {
    if (!ts.isImportDeclaration(node)) return;
    const module = checker.getSymbolAtLocation(node.moduleSpecifier);
    const names = module === undefined ? [] : checker.getExportsOfModule(module);
    const told = names.map(symbol => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return target.flags & ts.SymbolFlags.Value && !isTypeOnly(symbol) ? symbol.name : `type ${symbol.name}`;
    });
    lines.push(node.moduleSpecifier.getText(source), ...told.sort().map(name => `  ${name}`));
  });
  return `${lines.join('\n')}\n`;
}

/** A file that imports entries. */
export function importing(names: readonly string[]): string {
  const imports = names.map((name, index) => `import * as entry${index} from '${name}';\n`);
  return `${imports.join('')}export { ${names.map((_, index) => `entry${index}`).join(', ')} };\n`;
}

/** A class that is exported as a type alone. */
function isTypeOnly({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(
    each => ts.isExportSpecifier(each) && (each.isTypeOnly || each.parent.parent.isTypeOnly),
  );
}
