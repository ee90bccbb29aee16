import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../bot/config.ts';
import { BluetickError } from '../../middleware/errors.ts';
import { failToStart } from '../support/hostProcess.ts';
import { configured } from './channels.ts';

const secret = 'the-secret-of-today-0123456789';
const apiKey = 'an-administrator-s-key-0123456789';
const token = {
  ACS_WEBHOOK_TENANT_ID: '72f988bf-86f1-41af-91ab-2d7cd011db47',
  ACS_WEBHOOK_AUDIENCE: 'api://the-audience-of-the-tests',
};

/** Settings that turn no channel on by themselves. */
const ofTheHost = ['PUBLIC_URL'];

/** What a channel's settings may be for beside it. */
const otherUses = ['SMS_FROM'];

/** Every choice of some of the settings. */
function* choices(settings: Readonly<Record<string, string>>): Generator<Record<string, string>> {
  const entries = Object.entries(settings);
  for (let choice = 0; choice < 2 ** entries.length; choice++)
    yield Object.fromEntries(entries.filter((_, index) => choice & (2 ** index)));
}

function assertNoValue(said: string, settings: Readonly<Record<string, string>>): void {
  for (const value of Object.values(settings)) assert.ok(!said.includes(value), 'it shows a value');
}

for (const { name, title, settings, open, proofs = [] } of configured) {
  describe(`a start with ${title}`, () => {
    let close: (() => Promise<void>) | undefined;
    before(async () => {
      close = await open?.();
    });
    after(() => close?.());

    it('is refused for every choice of settings without a proof, and shows none of them', () => {
      const all = { ...settings([secret]), ...(name === 'acs' && token) };
      let refused = 0;
      let begun = 0;
      for (const chosen of choices(all)) {
        const proved = proofs.some(proof => proof.every(setting => setting in chosen));
        try {
          const config = readConfig({ ...chosen, BLUETICK_API_KEY: apiKey });
          const isOff = Object.keys(chosen).every(setting => ofTheHost.includes(setting));
          assert.ok(isOff ? config.simulator : proved, `it began with ${Object.keys(chosen)}`);
          begun += 1;
        } catch (error) {
          assert.ok(error instanceof BluetickError, String(error));
          assert.equal(error.code, 'invalid_configuration');
          assert.ok(String(error.field) in all || otherUses.includes(String(error.field)));
          assert.ok(error.message.includes(String(error.field)));
          assertNoValue(error.message, chosen);
          refused += 1;
        }
      }
      assert.ok(begun > 1 && refused > begun);
    });
  });
}

describe('a process', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-start-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('ends where the proof of a channel or the key to the API is none; nothing is kept or shown', async function () {
    this.timeout(40_000);
    const [one, other] = configured;
    assert.ok(one !== undefined && other !== undefined);
    const tries = [
      ...[one, other].map(({ settings, proofs = [] }) => ({
        all: settings([secret]),
        without: proofs[0]?.[0] ?? '',
      })),
      { all: one.settings([secret]), without: 'BLUETICK_API_KEY' },
    ];
    await Promise.all(
      tries.map(async ({ all, without }) => {
        const complete = { ...all, BLUETICK_API_KEY: apiKey };
        const rest = { BLUETICK_DATA: join(folder, without), LOG_LEVEL: 'trace' };
        const { code, output } = await failToStart({ ...complete, ...rest, [without]: ' , ,' });
        assert.equal(code, 1);
        assert.match(output, /^bluetick: .*\n$/);
        assert.ok(output.includes(without), output);
        assertNoValue(output, complete);
      }),
    );
    assert.deepEqual(await readdir(folder), []);
  });
});
