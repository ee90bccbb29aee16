import assert from 'node:assert/strict';
import { chmod, chown, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Ended, type StartOptions, startFaultyHost } from './faultyHost.ts';
import { judge } from './judge.ts';
import { lines } from './scenarios.ts';
import { Stage } from './stage.ts';
import { World } from './world.ts';

/** Somebody who is not root: nothing is read-only to root. */
const nobody = 65_534;

describe('the host, and a file that', function () {
  this.timeout(60_000);
  let world: World;
  beforeEach(async () => {
    world = await World.create();
  });
  afterEach(() => world.close());

  /** A file as a host leaves it that has ended in order. */
  const leaveFile = async () => {
    await world.start();
    assert.equal(await world.ready(), 200);
    assert.equal((await world.stop())?.code, 0);
  };
  /** Starts a host that has to refuse; answers what it said. */
  const refusal = async (options?: StartOptions): Promise<string> => {
    const ended = await startFaultyHost(world.settings, options);
    assert.ok('output' in ended, 'the host has started');
    assert.equal((ended as Ended).code, 1);
    return ended.output;
  };

  it('a host has: neither a second host nor another program gets it, and the host works on', async () => {
    await world.start();
    assert.match(
      await refusal(),
      /^bluetick: The store .*bluetick\.sqlite is in use by another process.*BLUETICK_DATA/m,
    );
    const other = new DatabaseSync(world.file, { timeout: 100 });
    assert.throws(() => other.exec('BEGIN IMMEDIATE'), /database is locked/);
    other.close();
    const stage = new Stage(world);
    stage.newCustomer('plain').say(lines.hello);
    await stage.served();
    assert.deepEqual(await judge(world, stage), []);
  });

  it('another program has: the host says so, and starts once it is free', async () => {
    await leaveFile();
    const other = new DatabaseSync(world.file);
    other.exec('BEGIN EXCLUSIVE');
    assert.match(await refusal(), /^bluetick: .* is in use by another process/m);
    other.close();
    await world.start();
  });

  it('it may only read: the host says so, and leaves it as it is', async () => {
    await leaveFile();
    const folder = dirname(world.file);
    const isRoot = process.getuid?.() === 0;
    for (const path of [folder, dirname(folder)]) {
      if (isRoot) await chown(path, nobody, nobody);
      await chmod(path, 0o755);
    }
    await chmod(world.file, 0o444);
    assert.match(
      await refusal(isRoot ? { user: nobody } : {}),
      /^bluetick: The store .*bluetick\.sqlite cannot be opened: EACCES: permission denied/m,
    );
    assert.deepEqual(await readdir(folder), ['bluetick.sqlite']);
  });
});
