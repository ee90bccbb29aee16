import assert from 'node:assert/strict';
import { join } from 'node:path';
import ts from 'typescript';
import { blocks, placeOf } from './blocks.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'tests', 'docs');

/** Names that a page takes from the library or an SDK without saying so again. */
const imported = {
  bluetick: [
    ...[
      'createEngine',
      'createWhatsAppAdapter',
      'handoffOf',
      'OmnichannelMiddleware',
      'ReceiptMiddleware',
      'WorkItems',
    ],
  ],
  botbuilder: ['BotAdapter', 'EventFactory', 'TurnContext'],
};

/** What a page leaves to its reader, by type: `B` is the library, `F` botbuilder. */
const given = {
  appId: 'string',
  auth: 'import("@microsoft/agents-hosting").AuthConfiguration',
  // Of either SDK: what they share of a bot.
  bot: '{ run(context: any): Promise<void>; onHandoffStatus(context: object, event: object): Promise<void> }',
  channels: 'readonly B.Channel[]',
  context: 'F.TurnContext',
  engine: 'B.Engine',
  adapter: 'F.CloudAdapter',
  meta: 'B.MetaChannelOptions',
  policies: 'B.PolicyBook',
  readers: 'readonly B.MessageReader[]',
  references: 'Map<string, F.ConversationReference>',
  server:
    '{ post(path: string, ...handlers: ((request: any, response: any, ...rest: any[]) => unknown)[]): void }',
  store: 'B.Store',
};

/** Declares all of that for every block: what one declares or imports itself hides it. */
const declarations = [
  'import type * as B from "bluetick";',
  'import type * as F from "botbuilder";',
  'declare global {',
  ...Object.entries(imported).flatMap(([from, names]) =>
    names.map(name => `const ${name}: typeof import("${from}").${name};`),
  ),
  ...Object.entries(given).map(([name, type]) => `const ${name}: ${type};`),
  '}',
].join('\n');

describe('the TypeScript of the pages', function () {
  this.timeout(60_000);

  it('compiles against the library’s public names', () => {
    const shown = blocks.filter(({ language }) => language === 'ts');
    assert.ok(shown.length >= 7);
    const files = new Map([[join(folder, 'given.d.ts'), declarations]]);
    // An export makes a module of it: what it declares is its own.
    for (const [index, { text }] of shown.entries())
      files.set(join(folder, `block${index}.ts`), `${text}\nexport {};`);
    const program = programOf(files);
    const faults = [...files.keys()].flatMap((file, index) =>
      diagnosticsOf(program, file).map(
        fault => `${index === 0 ? 'given' : placeOf(shown[index - 1] as (typeof shown)[0])}: ${fault}`,
      ),
    );
    assert.deepEqual(faults, []);
  });
});

/** One program of files that are on no disk, with the options of the project. */
function programOf(files: ReadonlyMap<string, string>): ts.Program {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const read = ts.parseJsonConfigFileContent({ ...config.config, include: [], files: [] }, ts.sys, root);
  // Fragments do not use all that they show; mocha has globals that they mean otherwise.
  const options = { ...read.options, noUnusedLocals: false, noUnusedParameters: false, types: ['node'] };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = name => files.has(name) || fileExists(name);
  host.readFile = name => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, text, version);
  };
  return ts.createProgram([...files.keys()], options, host);
}

function diagnosticsOf(program: ts.Program, name: string): string[] {
  const file = program.getSourceFile(name);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '),
  );
}
