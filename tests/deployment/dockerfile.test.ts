import assert from 'node:assert/strict';
import { faultsOfDockerfile, isInContext, readContext, readStages } from './dockerfile.ts';

describe('the Dockerfile', () => {
  const text = readContext('Dockerfile');
  const ignore = readContext('.dockerignore');
  const last = readStages(text).at(-1)?.instructions ?? [];
  const the = (keyword: string) => last.filter(one => one.keyword === keyword).map(({ text }) => text);

  it('copies what is there, runs as nobody’s root, holds no secret, and starts the host itself', () => {
    assert.deepEqual(faultsOfDockerfile(text, ignore), []);
  });

  it('installs what the host needs alone, and runs no script of a package', () => {
    const commands = readStages(text).flatMap(({ instructions }) => instructions.map(({ text }) => text));
    const installs = commands.filter(command => command.startsWith('npm '));
    assert.deepEqual(installs, ['npm ci --ignore-scripts', 'npm ci --omit=dev --ignore-scripts']);
  });

  it('keeps what it keeps in /data alone, which belongs to its user', () => {
    assert.deepEqual(the('VOLUME'), ['/data']);
    assert.match(the('ENV').join(' '), /\bBLUETICK_DATA=\/data\b/);
    assert.match(the('RUN').join('\n'), /install --directory --owner=node --group=node --mode=700 \/data/);
  });

  it('is looked after by the port that it listens on', () => {
    const [, port] = /\bPORT=(\d+)/.exec(the('ENV').join(' ')) ?? [];
    assert.deepEqual(the('EXPOSE'), [port]);
    assert.match(the('HEALTHCHECK').join(' '), /process\.env\.PORT \+ '\/healthz'/);
    assert.deepEqual(the('STOPSIGNAL'), ['SIGTERM']);
  });

  it('lets in neither settings nor data', () => {
    for (const path of [
      '.env',
      'bot/.env',
      'bot/console/.env.local',
      'data',
      'data/bluetick.sqlite',
      '.git',
      'node_modules',
      'tests',
    ])
      assert.equal(isInContext(path, ignore), false, path);
    for (const path of ['package.json', 'bot/index.js', 'middleware/index.ts'])
      assert.equal(isInContext(path, ignore), true, path);
  });

  const planted: readonly [what: string, from: string, to: string, fault: RegExp][] = [
    ['root as its user', 'USER 1000:1000', 'USER root', /^USER/],
    ['no user', 'USER 1000:1000\n', '', /^USER/],
    ['a file that is not there', 'COPY bot bot', 'COPY bots bots', /there is no bots/],
    ['a file that is left out of the context', 'COPY bot bot', 'COPY README.md .', /there is no README.md/],
    ['a stage that is not there', '--from=packages', '--from=package', /there is no stage package/],
    [
      'a path that a stage does not make',
      '/build/node_modules',
      '/app/node_modules',
      /packages does not make/,
    ],
    [
      'a secret',
      'ENV NODE_ENV=production',
      'ENV BLUETICK_API_KEY=abc NODE_ENV=production',
      /BLUETICK_API_KEY: a secret/,
    ],
    [
      'a setting that nothing reads',
      ' BLUETICK_DATA=',
      ' BLUETICK_FOLDER=',
      /BLUETICK_FOLDER: nothing reads it/,
    ],
    ['a shell before the host', 'CMD ["node", "bot/index.js"]', 'CMD node bot/index.js', /^CMD/],
    ['another image', 'FROM node:24-trixie-slim\n', 'FROM node:latest\n', /node:latest/],
  ];
  for (const [what, from, to, fault] of planted)
    it(`is looked at for ${what}`, () => {
      assert.ok(text.includes(from), from);
      assert.match(faultsOfDockerfile(text.replace(from, to), ignore).join('\n'), fault);
    });
});
