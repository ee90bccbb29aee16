import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..', '..');

/** The layers, from the top: imports go down this list only. */
const layers: readonly [name: string, holds: RegExp][] = [
  ['bot', /^bot\//],
  ['the library’s index', /^middleware\/index\.ts$/],
  ['the way in for webhooks', /^middleware\/receiveWebhook\.ts$/],
  ['the Bot Framework’s middleware', /^middleware\/(receipt|omnichannel)Middleware\.ts$/],
  ['turn', /^middleware\/turn\//],
  ['commands', /^middleware\/commands\//],
  ['dynamics', /^middleware\/dynamics\//],
  ['receipts', /^middleware\/receipts\//],
  ['acknowledgements', /^middleware\/acknowledgements\/(?!(eventsOf|fold|isRecipient)\.ts)/],
  ['forwarding', /^middleware\/forwarding\//],
  ['privacy', /^middleware\/privacy\//],
  ['channels', /^middleware\/channels\//],
  ['storage', /^middleware\/storage\//],
  ['the fold, which a store agrees with', /^middleware\/acknowledgements\//],
  ['policy', /^middleware\/policy\//],
  ['telemetry', /^middleware\/telemetry\//],
  ['timing', /^middleware\/timing\//],
  ['words, records, errors and ports', /^middleware\/\w+\.ts$/],
];

interface Source {
  /** The path from the root of the project. */
  readonly path: string;
  readonly text: string;
  /** What it imports, with paths from the root of the project; packages as they are named. */
  readonly imports: readonly string[];
}

function sourcesOf(folder: string): readonly Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.[jt]s$/.test(name))
    .map(name => {
      const file = join(root, folder, name);
      const text = readFileSync(file, 'utf8');
      const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
      const resolved = imports.map(name =>
        name.startsWith('.') ? relative(root, resolve(dirname(file), name)) : name,
      );
      return { path: relative(root, file), text: withoutComments(text), imports: resolved };
    });
}

/** The code alone: what a comment says about the environment is no use of it. */
function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');
}

const layerOf = (path: string) => layers.findIndex(([, holds]) => holds.test(path));
const isInside = (name: string) => name.startsWith('middleware/') || name.startsWith('bot/');
const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

/** What browsers run, built by Vite. `dynamics.ts` is a script that the host serves as it is. */
const isPage = (path: string) =>
  /^bot\/(console|simulator\/page)\//.test(path) && !/\/(dynamics|vite\.config)\.ts$/.test(path);

const library = sourcesOf('middleware');
const inBot = sourcesOf('bot').filter(({ path }) => !path.endsWith('/vite.config.ts'));
const pages = inBot.filter(({ path }) => isPage(path));
const host = inBot.filter(({ path }) => !isPage(path));
const everything = [...library, ...host];

/** What the `package.json` of a folder says. */
const packageOfFolder = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

/** Each import that breaks a rule, as `from → to`. */
function breaches(sources: readonly Source[], breaks: (source: Source, name: string) => boolean): string[] {
  return sources.flatMap(source =>
    source.imports.filter(name => breaks(source, name)).map(name => `${source.path} → ${name}`),
  );
}

/** The files whose code has something that it should not. */
const filesWith = (sources: readonly Source[], pattern: RegExp) =>
  sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

describe('the layers', () => {
  it('have every file in one of them', () => {
    assert.ok(library.length > 50 && host.length > 20);
    assert.deepEqual(
      everything.map(({ path }) => path).filter(path => layerOf(path) < 0),
      [],
    );
  });

  it('import downwards only', () => {
    const found = breaches(everything, ({ path }, name) => isInside(name) && layerOf(name) < layerOf(path));
    assert.deepEqual(found, []);
  });

  it('import no file from outside of them', () => {
    const found = breaches(everything, (_source, name) => /^(\.\.|tests\/|node_modules\/)/.test(name));
    assert.deepEqual(found, []);
  });

  it('have the ports know words and records, the records the words, and the words nothing', () => {
    const rootFiles = [
      'handoff',
      'content',
      'domain',
      'audit',
      'escalation',
      'ledger',
      'ledgerEvent',
      'outboundRecords',
      'records',
      'admissionRecords',
      'thread',
    ];
    const ranks = [
      ...rootFiles,
      'ledgerStore',
      'forwardStore',
      'handoffStore',
      'personalData',
      'changeLog',
      'sharedFiles',
      'sharing',
      'channelPort',
      'ports',
    ].map(name => `middleware/${name}.ts`);
    for (const [rank, path] of ranks.entries()) {
      const imports = library.find(source => source.path === path)?.imports ?? assert.fail(path);
      assert.deepEqual(
        imports.filter(name => ranks.indexOf(name) < 0 || ranks.indexOf(name) >= rank),
        [],
        path,
      );
    }
  });

  it('have the engine know no channel and no store but by their ports', () => {
    const engine = library.filter(({ path }) => path.startsWith('middleware/receipts/'));
    const found = breaches(engine, (_source, name) => /^middleware\/(channels|storage)\//.test(name));
    assert.deepEqual(found, []);
  });

  it('have no provider know another', () => {
    const providerOf = (path: string) => /^middleware\/channels\/([^/]+)\//.exec(path)?.[1];
    /** What two providers have in common is neither's. */
    const isShared = (path: string) => providerOf(path) === 'linkedDevice';
    const found = breaches(library, ({ path }, name) => {
      const [from, to] = [providerOf(path), providerOf(name)];
      return from !== undefined && to !== undefined && from !== to && !isShared(name);
    });
    assert.deepEqual(found, []);
  });

  it('are put together in one place of the host', () => {
    const channel = /^middleware\/channels\/[^/]+\/\w+Channel/;
    // What users' tests are given is put together for itself.
    const parts = host.filter(({ path }) => !path.startsWith('bot/testing/'));
    const found = breaches(
      parts,
      ({ path }, name) =>
        (channel.test(name) && path !== 'bot/openChannels.ts') ||
        (name.startsWith('middleware/storage/') &&
          !['bot/openStore.ts', 'bot/migrateStore.ts'].includes(path)),
    );
    assert.deepEqual(found, []);
  });
});

describe('the library', () => {
  it('imports neither SDK and no server', () => {
    const foreign = /^(node:process$|botbuilder|botframework|@microsoft\/|restify|express|ws$|pino)/;
    assert.deepEqual(
      breaches(library, (_source, name) => foreign.test(name)),
      [],
    );
  });

  const isDeclared = (declared: object, name: string) =>
    isInside(name) || name.startsWith('node:') || packageOf(name) in declared;

  it('imports only what its package says: what a channel or a store alone needs is for its users to bring', () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = packageOfFolder('.');
    const declared = { ...dependencies, ...peerDependencies };
    assert.deepEqual(
      breaches(library, (_source, name) => !isDeclared(declared, name)),
      [],
    );
    // Who uses none of those channels and stores installs none of it.
    const optional = Object.fromEntries(
      Object.keys(peerDependencies).map(name => [name, { optional: true }]),
    );
    assert.deepEqual(peerDependenciesMeta, optional);
  });

  it('gives users’ tests nothing that it does not need itself', () => {
    const reached = new Set(['bot/testing/index.ts']);
    for (const path of reached)
      for (const name of host.find(source => source.path === path)?.imports ?? [])
        if (name.startsWith('bot/')) reached.add(name);
    const shipped = host.filter(({ path }) => reached.has(path));
    assert.ok(shipped.length > 20);
    const { dependencies } = packageOfFolder('.');
    assert.deepEqual(
      breaches(shipped, (_source, name) => !isDeclared(dependencies, name)),
      [],
    );
  });

  it('has a host that imports only what its own package says', () => {
    const { dependencies } = packageOfFolder('bot');
    assert.deepEqual(
      breaches(host, (_source, name) => !isDeclared(dependencies, name)),
      [],
    );
  });

  it('reads no environment, prints nothing, opens no port and ends no process', () => {
    assert.deepEqual(filesWith(library, /\bprocess\.(env|argv|std\w+|exit\w*|on|once|kill|emit\w*)\b/), []);
    assert.deepEqual(filesWith(library, /\bconsole\b/), []);
    assert.deepEqual(filesWith(library, /\bcreateServer\b|\.listen\(/), []);
  });

  it('tells the time, waits and rolls dice in few places only', () => {
    const clocks = filesWith(library, /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/);
    assert.deepEqual(
      clocks.filter(path => !/^middleware\/(timing\/systemClock|channels\/)/.test(path)),
      [],
    );
    const timers = filesWith(library, /\bset(Timeout|Interval)\(/);
    assert.deepEqual(
      timers.filter(path => !/^middleware\/(timing\/systemClock|channels\/)/.test(path)),
      [],
    );
  });

  it('has a policy that depends on its arguments only', () => {
    const policy = library.filter(({ path }) => path.startsWith('middleware/policy/'));
    assert.ok(policy.length > 5);
    const found = breaches(policy, (_source, name) => !isInside(name) && name !== 'zod');
    assert.deepEqual(found, []);
    assert.deepEqual(filesWith(policy, /\bDate\b|\bMath\.random\b|\bset(Timeout|Interval)\b|\bcrypto\b/), []);
  });
});

describe('the web pages', () => {
  /** What is left of a page where the browser has it: types are gone. */
  const running = pages.map(source => {
    const text = source.text.replace(/^import type [^;]*;/gm, '');
    const named = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
    return { ...source, imports: named };
  });

  /** What a page and the host both read: constants, which ask for nothing themselves. */
  const shared = ['bot/simulator/sampleCustomers.ts'];

  it('run nothing of the host or the library, whose answers they only read', () => {
    assert.ok(pages.length > 10);
    const found = breaches(running, ({ path }, name) => {
      const named = relative(root, resolve(root, dirname(path), name));
      return name.startsWith('.') && !isPage(named) && !shared.includes(named);
    });
    assert.deepEqual(found, []);
    assert.deepEqual(
      breaches(host, ({ path }) => shared.includes(path)),
      [],
    );
  });

  it('are no part of the host', () => {
    assert.deepEqual(
      breaches(host, (_source, name) => isPage(name)),
      [],
    );
  });

  it('import only what is built in', () => {
    const { devDependencies } = packageOfFolder('.');
    const found = breaches(
      running,
      (_source, name) => !name.startsWith('.') && devDependencies[packageOf(name)] === undefined,
    );
    assert.deepEqual(found, []);
  });

  it('write no style or script into a page, which its policy forbids', () => {
    assert.deepEqual(filesWith(pages, /\sstyle="|\bunsafeHTML\b|\binnerHTML\b|\beval\(|new Function\(/), []);
  });
});

describe('the host', () => {
  it('loads the SDK of the Model Context Protocol with its first call, and not before', () => {
    const loads = /^import[^;]* from '(@modelcontextprotocol\/[^']*|[^']*\/mcpServer\.ts)'/m;
    assert.deepEqual(filesWith(host, loads), ['bot/copilot/mcpServer.ts']);
  });

  it('loads OpenTelemetry’s SDK where it is to export, and not before', () => {
    const loads = /^import (?!type )[^;]* from '(@opentelemetry\/sdk-[^']*|@azure\/monitor-[^']*)'/m;
    assert.deepEqual(filesWith(everything, loads), []);
    const startsIt = /^import (?!type )[^;]* from '[^']*\/startMonitoring\.ts'/m;
    assert.deepEqual(filesWith(host, startsIt), []);
  });

  it('reads the environment in one place, and sets what Node’s threads read there in another', () => {
    assert.deepEqual(filesWith(host, /\bprocess\.env\b/), [
      'bot/index.js',
      'bot/main.ts',
      'bot/migrateStore.ts',
    ]);
    const [entrance] = host.filter(({ path }) => path === 'bot/index.js');
    assert.deepEqual(entrance?.text.match(/process\.env\S*/g), ['process.env.NODE_COMPILE_CACHE']);
  });
});
