import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { settingNames } from '../../bot/config.ts';
import { routeNeeds } from '../support/routeNeeds.ts';
import { blocks, commandsOf, placeOf } from './blocks.ts';
import { addressOf, settingsOf } from './provers.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const { scripts } = JSON.parse(read('package.json'));
/** Of npm's own, what the pages use. */
const npm = ['install', 'ci', 'test', 'start', 'run'];
/** Who reads the settings of scripts. */
const soaks = read('tests/fault/soak.ts') + read('tests/fuzz/soak.ts');

const shell = blocks.filter(({ language }) => language === 'sh' || language === '');

describe('the words of the pages’ blocks', () => {
  it('are settings that the host reads', () => {
    const told = blocks.flatMap(block => settingsOf(block).map(([name]) => `${placeOf(block)}: ${name}`));
    assert.ok(told.length > 10);
    assert.deepEqual(
      told.filter(line => !settingNames.includes(line.split(': ')[1] as string)),
      [],
    );
  });

  it('are scripts that there are, with settings that they read', () => {
    const told = shell.flatMap(block =>
      commandsOf(block)
        .flatMap(line => line.split(/&&|[;()]/))
        .map(command => ({
          place: placeOf(block),
          found: /^\s*((?:\w+=\S* )*)npm (\w+)(?: ([\w:-]+))?/.exec(command),
        })),
    );
    let seen = 0;
    for (const { place, found } of told) {
      if (found === null) continue;
      seen += 1;
      const [, settings = '', what = '', script = ''] = found;
      assert.ok(npm.includes(what), `${place}: npm ${what}`);
      if (what === 'run') assert.ok(script in scripts, `${place}: ${script}`);
      for (const [, name = ''] of settings.matchAll(/(\w+)=/g))
        assert.ok(soaks.includes(name), `${place}: ${name}`);
    }
    assert.ok(seen > 10);
  });

  it('are files that there are, beside the page', () => {
    for (const block of shell)
      for (const command of commandsOf(block).filter(line => line.startsWith('az deployment')))
        for (const [, file = ''] of command.matchAll(/(?:--template-file |--parameters @)(\S+)/g))
          read(join(dirname(block.file), file));
  });

  it('are addresses that there are', () => {
    for (const block of blocks) {
      const address = addressOf(block);
      if (address === undefined) continue;
      const { pathname } = address;
      const known = [...Object.keys(routeNeeds), 'POST /webhooks/twilio', 'POST /webhooks/wawp'];
      assert.ok(known.includes(`POST ${pathname}`), `${placeOf(block)}: ${pathname}`);
    }
  });
});
