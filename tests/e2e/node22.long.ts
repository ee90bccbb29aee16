import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { need } from '../support/needs.ts';
import { bringNode, oldestPromised } from '../support/oldestNode.ts';
import { runMocha } from '../support/runMocha.ts';

/**
 * What the library does: as a middleware in both SDKs' adapters, as an engine, and what a channel and the store do. The rest is
 * left to one Node, for the time that it takes. A pattern with nothing but braces mocha takes for a file's name.
 */
const suites = [
  'tests/middleware/*.test.ts',
  'tests/middleware/turn/**/*.test.ts',
  'tests/middleware/receipts/@(receipts|turns|handoff|statuses|window).test.ts',
  'tests/contract/@(metaChannel|sqliteStore).test.ts',
];

/** Node 22 reads TypeScript only when it is told to, and then says that this is an experiment. */
const NODE_OPTIONS = '--experimental-strip-types --disable-warning=ExperimentalWarning';

describe('the oldest Node that is promised', function () {
  this.timeout(240_000);
  let version: string;
  let node: string;

  before(async function () {
    version = await oldestPromised();
    node = need(this, await bringNode(version), `Node ${version} by npm`);
  });

  it('behaves as this one', async () => {
    const { stdout } = await promisify(execFile)(node, ['--version']);
    assert.equal(stdout.trim(), `v${version}`);
    const settings = { NODE_OPTIONS, CI: process.env.CI ?? '' };
    const [there, here] = await Promise.all([
      runMocha(['--timeout', '20000', ...suites], { node, settings }),
      runMocha(['--dry-run', ...suites]),
    ]);
    assert.equal(there.failures.length, 0, there.failures.join('\n'));
    assert.equal(there.exitCode, 0, there.output);
    // A suite that was not found would pass as well: each is found, and there are as many tests there as here.
    assert.doesNotMatch(here.output, /Cannot find any files/);
    assert.equal(there.passes + there.pending, here.passes + here.pending);
    assert.ok(there.passes > there.pending, `${there.pending} of ${here.passes} left out:\n${there.output}`);
  });
});
