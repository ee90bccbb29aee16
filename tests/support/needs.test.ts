import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runMocha } from './runMocha.ts';

/** A suite that needs the setting `THING`. */
const suite = `
  import assert from 'node:assert/strict';
  import { need } from '${pathToFileURL(join(import.meta.dirname, 'needs.ts')).href}';
  describe('outer', () => {
    describe('a suite', () => {
      let thing;
      before(function () { thing = need(this, process.env.THING, 'a thing on the desk'); });
      it('uses it', () => assert.equal(thing, 'hammer'));
      it('uses it again', () => assert.equal(thing, 'hammer'));
    });
    it('needs nothing', () => {});
  });
`;

describe('what a suite needs', function () {
  this.timeout(20_000);
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-needs-'));
    file = join(folder, 'suite.mjs');
    await writeFile(file, suite);
  });
  after(() => rm(folder, { recursive: true }));

  it('is handed on where it is there, also in CI', async () => {
    for (const CI of ['true', '']) {
      const run = await runMocha([file], { settings: { CI, THING: 'hammer' } });
      assert.deepEqual([run.exitCode, run.passes, run.pending, run.failures], [0, 3, 0, []]);
      assert.equal(run.output, '');
    }
  });

  it('leaves the suite out where it is not there, and says so in one line', async () => {
    const run = await runMocha([file], { settings: { CI: '' } });
    assert.deepEqual([run.exitCode, run.passes, run.pending, run.failures], [0, 1, 2, []]);
    assert.equal(run.output, 'Left out: outer a suite: needs a thing on the desk\n');
  });

  it('leaves it out in CI too where the run says that it is not there', async () => {
    const run = await runMocha([file], { settings: { CI: 'true', BLUETICK_LEFT_OUT: 'on the desk' } });
    assert.deepEqual([run.exitCode, run.passes, run.pending, run.failures], [0, 1, 2, []]);
  });

  it('fails the suite in CI where it is not there', async () => {
    const run = await runMocha([file], { settings: { CI: 'true' } });
    assert.equal(run.exitCode, 1);
    assert.equal(run.passes, 1);
    assert.equal(run.failures.length, 1);
    assert.match(String(run.failures[0]), /^outer a suite "before all" hook.*: needs a thing on the desk$/);
  });
});
