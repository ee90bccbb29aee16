import assert from 'node:assert/strict';
import { settingNames } from '../../../bot/config.ts';
import { readAtStart } from '../../../bot/secrets/readAtStart.ts';
import { openSecrets, type Secrets } from '../../../bot/secrets/secrets.ts';
import { type KeyVaultStandIn, startKeyVault } from '../../support/keyVaultStandIn.ts';

describe('a start with a key vault', () => {
  let vault: KeyVaultStandIn;
  let secrets: Secrets;
  /** What the start waited, in seconds, and what it said meanwhile. */
  let waits: number[];
  let told: string[];
  let onWait: () => void;
  const token = 'the-token-of-the-identity';

  beforeEach(async () => {
    vault = await startKeyVault(token);
    vault.secrets.set('MetaAppSecret', 'the app secret');
    secrets = await openSecrets({
      config: { folder: undefined, keyVaultUrl: new URL(vault.origin) },
      env: { META_APP_SECRET: 'of the environment' },
      names: settingNames,
      identity: { getToken: async () => ({ token }) },
    });
    waits = [];
    told = [];
    onWait = () => {};
  });
  afterEach(async () => {
    await secrets.close();
    await vault.close();
  });

  const start = () => {
    let now = 0;
    const scheduler = {
      after(ms: number, fire: () => void) {
        now += ms;
        waits.push(ms / 1000);
        onWait();
        queueMicrotask(fire);
        return () => {};
      },
    };
    return readAtStart(secrets, { clock: { now: () => now }, scheduler, tell: why => void told.push(why) });
  };

  it('that answers waits for nothing', async () => {
    assert.equal((await start()).META_APP_SECRET, 'the app secret');
    assert.deepEqual([waits, told], [[], []]);
  });

  it('that is away for a moment asks again, says why once for each reason, and has what it holds then', async () => {
    vault.trouble = { status: 503, body: {} };
    onWait = () => {
      if (waits.length === 2) vault.trouble = 'drop';
      if (waits.length === 5) vault.trouble = undefined;
    };
    assert.equal((await start()).META_APP_SECRET, 'the app secret');
    assert.deepEqual(waits, [1, 2, 4, 8, 8]);
    assert.deepEqual(told, [
      'KEY_VAULT_URL: the key vault did not answer as it should (HTTP 503): the start asks again for 90 s',
      'KEY_VAULT_URL: the key vault does not answer (network): the start asks again for 90 s',
    ]);
  });

  it('that stays away is refused after a minute and a half: nothing of before is taken in its place', async () => {
    vault.trouble = 'drop';
    await assert.rejects(start(), {
      code: 'invalid_configuration',
      field: 'KEY_VAULT_URL',
      message: 'KEY_VAULT_URL: the key vault does not answer (network)',
    });
    const waited = waits.reduce((sum, each) => sum + each, 0);
    assert.ok(waited > 80 && waited <= 90, `${waited} s`);
    assert.equal(told.length, 1);
  });

  it('that will not be mended by waiting is refused at once', async () => {
    for (const status of [403, 404]) {
      vault.trouble = { status, body: {} };
      await assert.rejects(start(), { field: 'KEY_VAULT_URL' });
    }
    assert.deepEqual([waits, told], [[], []]);
  });
});
