import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { routeNeeds } from '../support/routeNeeds.ts';
import { claimsOf, doorsOf, faultsOfClaims, faultsOfDoors, titlesIn } from './threatModel.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'security.md'), 'utf8');
const pages = /^bot\/(console|simulator\/page)\//;
/** What runs on the host: no page can tell a secret from another. */
const sources = globSync(['middleware/**/*.ts', 'bot/**/*.ts'], { cwd: root })
  .filter(path => !pages.test(path))
  .map(path => ({
    path,
    code: readFileSync(join(root, path), 'utf8'),
  }));
const filesWith = (pattern: RegExp) =>
  sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path);

describe('docs/security.md', () => {
  it('names for each claim a test that there is', () => {
    const claims = claimsOf(page);
    assert.ok(claims.length > 50);
    assert.deepEqual(faultsOfClaims(claims), []);
  });

  it('has every route of the host in a door that asks for what it needs, and no other', () => {
    assert.deepEqual(faultsOfDoors(doorsOf(page), routeNeeds), []);
  });

  const table = (last: string, ...cells: string[]) =>
    `| a | b | ${last} |\n|---|---|---|\n| ${cells.join(' | ')} |\n`;
  const own = 'tests/checks/threatModel.test.ts';
  const planted: readonly [what: string, faults: () => readonly string[], fault: RegExp][] = [
    [
      'a claim without a test',
      () => faultsOfClaims(claimsOf(table('proved by', 'All is well', 'magic', ''))),
      /^All is well: it names no test$/,
    ],
    [
      'a test that has gone',
      () => faultsOfClaims(claimsOf(table('proved by', 'All is well', 'magic', `\`${own}\` “is well, ”`))),
      /has no test “is well, ”/,
    ],
    ['a route that is new', () => faultsOfDoors([], { 'GET /new': 'open' }), /GET \/new: it stands in no/],
    [
      'a route that asks for more than its door says',
      () =>
        faultsOfDoors(doorsOf(table('asks for', 'x', '`GET /new`', '`open`')), { 'GET /new': 'supervisor' }),
      /no door that asks for supervisor\nGET \/new: no route is so that asks for open/,
    ],
  ];
  for (const [what, faults, fault] of planted)
    it(`is looked at for ${what}`, () => assert.match(faults().join('\n'), fault));

  it('is compared with titles as they are written', () => {
    const code = `it(\`a \${what} b\`, f); describe('it\\'s', f);\nit(\n  "c", f); submit("d");`;
    assert.deepEqual(titlesIn(code), ['a … b', "it's", 'c']);
  });
});

describe('secrets and hashes', () => {
  it('are compared in constant time', () => {
    assert.deepEqual(filesWith(/\btimingSafeEqual\(/).toSorted(), [
      'bot/access/administratorKey.ts',
      'middleware/channels/matchesHmac.ts',
      'middleware/channels/sameSecret.ts',
    ]);
    const compared =
      /\b\w*(secret|signature|digest|hmac|apiKey|password)\w*(\(\))? [!=]== (?!undefined|null|''|0\b)/i;
    assert.deepEqual(filesWith(compared).toSorted(), [
      // Our own secret with our own of before: nobody sends either.
      'bot/access/entra/entraSignIn.ts',
      // Whether base64 is spelt in its one way, of what the sender knows; it is compared with ours by `matchesHmac`.
      'middleware/channels/twilio/signature.ts',
    ]);
  });
});

describe('bodies of requests', () => {
  it('are parsed by one reader', () => {
    const parsers = filesWith(/\bJSON\.parse\(/).filter(path =>
      /^(bot|middleware\/(channels|commands))\//.test(path),
    );
    // These read what the host or its operator wrote, or what a service that was asked has answered; the simulator's phone
    // is for this machine.
    assert.deepEqual(parsers.toSorted(), [
      'bot/access/endedSessions.ts',
      'bot/config.ts',
      'bot/config/templates.ts',
      'bot/copilot/relay/relayState.ts',
      'bot/intake/spoolFile.ts',
      'bot/simulator/requests.ts',
      'bot/uploads/note.ts',
      'middleware/channels/google/serviceAccount.ts',
      'middleware/channels/meta/calls.ts',
      'middleware/channels/parseJson.ts',
      'middleware/channels/readJsonBody.ts',
    ]);
    assert.deepEqual(filesWith(/restify\.plugins|bodyParser/), []);
  });
});
