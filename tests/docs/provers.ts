/**
 * Which test proves which block. A block that nothing here names fails `blocks.test.ts`, so a new one cannot slip by.
 *
 * @module
 */
import { shownAnswers } from './answers.ts';
import { type Block, type BlockName, blocks, commandsOf, isNamed } from './blocks.ts';
import { documents } from './documents.ts';

/** Blocks that the test of their own page proves. The test names the page. */
export const byTheirPage: readonly (BlockName & { readonly test: string })[] = [
  { file: 'README.md', begins: 'Three messages in a row', test: 'tests/docs/readme.test.ts' },
  { file: 'docs/demo.md', begins: 'Policy: blue', test: 'tests/docs/readme.test.ts' },
  { file: 'docs/ledger.md', begins: 'stateDiagram', test: 'tests/docs/diagrams.test.ts' },
  { file: 'docs/stream.md', begins: 'import { WebSocket }', test: 'tests/bot/stream/stream.test.ts' },
  { file: 'docs/stream.md', begins: 'SELECT a.pid', test: 'tests/middleware/storage/changeLog.test.ts' },
  { file: 'deploymentTemplates/README.md', begins: 'GRANT', test: 'tests/deployment/host.test.ts' },
  ...['deployUseExistResourceGroup', 'deployWithNewResourceGroup'].flatMap(folder =>
    ['GROUP=', 'az deployment'].map(begins => ({
      file: `deploymentTemplates/${folder}/readme.md`,
      begins,
      test: 'tests/deployment/wiring.test.ts',
    })),
  ),
];

/** Blocks that no test can run, and why. */
export const notRun: readonly (BlockName & { readonly because: string })[] = [
  { file: 'docs/acs.md', begins: 'az eventgrid', because: 'it wants a subscription of Azure' },
  { file: 'deploymentTemplates/README.md', begins: 'ROLE_ID', because: 'it wants a tenant of Entra ID' },
  { file: 'deploymentTemplates/README.md', begins: 'az keyvault', because: 'it wants a vault of Azure' },
  {
    file: 'deploymentTemplates/README.md',
    begins: 'export PGPASSWORD',
    because: 'it wants a server of Azure',
  },
  {
    file: 'deploymentTemplates/README.md',
    begins: 'docker',
    because: 'it wants Docker; dockerfile.test.ts reads the file',
  },
  {
    file: 'deploymentTemplates/monitoring/README.md',
    begins: 'az deployment',
    because: 'it wants a subscription of Azure',
  },
  {
    file: 'docs/emulator.md',
    begins: 'npx',
    because: 'it loads a program of its own: tests/e2e/agentsPlayground.long.ts plays it',
  },
  { file: 'docs/relay.md', begins: 'customer ──', because: 'it is a drawing' },
  {
    file: 'docs/escalation.md',
    begins: 'POST {endpoint}',
    because: 'what we send: tests/contract/wayAcsSms.test.ts compares it',
  },
  {
    file: 'docs/escalation.md',
    begins: 'POST https://api',
    because: 'what we send: tests/contract/wayTwilio.test.ts compares it',
  },
  {
    file: 'docs/dynamics.md',
    begins: '<script',
    because: 'a page of Dynamics: tests/support/agentPage.ts has the same calls',
  },
];

const names = (list: readonly BlockName[]) => (block: Block) => list.some(name => isNamed(block, name));

/** The kinds of blocks, by the file of `tests/docs` that proves them. */
export const kinds: Readonly<Record<string, (block: Block) => boolean>> = {
  'typescript.long.ts': ({ language }) => language === 'ts',
  'calls.test.ts': block => isShell(block) && block.run === undefined && curlsOf(block).length > 0,
  'answers, calls.test.ts': names(shownAnswers),
  'documents.test.ts': names(documents),
  'settings, words.test.ts': block => isShell(block) && settingsOf(block).length > 0,
  'addresses, words.test.ts': block => addressOf(block) !== undefined,
  'scripts, words.test.ts': block => isShell(block) && commandsOf(block).some(line => /\bnpm\b/.test(line)),
  // Its page's test has the name, and compares the answer that stands behind it.
  'its page': block => block.run !== undefined || isAnswerOfRun(block),
  'a test elsewhere': names(byTheirPage),
  'not run': names(notRun),
};

/** An address of the host that somebody is to enter elsewhere; `undefined`: the block is another thing. */
export function addressOf({ text }: Block): URL | undefined {
  const address = text.trim().replace('<your host>', 'bot.example.com');
  return /^https:\/\/\S+$/.test(address) ? new URL(address) : undefined;
}

/** What a call that is run answers, stands behind it. */
function isAnswerOfRun(block: Block): boolean {
  const before = blocks[blocks.indexOf(block) - 1];
  return block.language === 'json' && before?.file === block.file && before.run !== undefined;
}

/** The settings of a block in which nothing else stands: name and value. */
export function settingsOf(block: Block): readonly (readonly [name: string, value: string])[] {
  const lines = commandsOf(block).map(line => /^([A-Za-z_]+)=(\S*)(?:\s+#.*)?$/.exec(line));
  return lines.every(line => line !== null) ? lines.map(([, name = '', value = '']) => [name, value]) : [];
}

/** The calls of the host that a block makes. */
export function curlsOf(block: Block): readonly string[] {
  return commandsOf(block).filter(line => line.startsWith('curl '));
}

function isShell({ language }: Block): boolean {
  return language === 'sh' || language === '';
}
