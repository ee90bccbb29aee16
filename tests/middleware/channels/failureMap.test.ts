import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { failureMeanings, mapFailures, refusedCall } from '../../../middleware/channels/failureMap.ts';
import { failureMaps, failureName } from '../../../middleware/channels/failureNames.ts';
import type { ChannelName } from '../../../middleware/domain.ts';
import { describeError, ProviderError, type ProviderFault } from '../../../middleware/errors.ts';

const map = mapFailures('Acme', 'ACME-ERR', [
  { code: '7', says: 'busy', is: 'provider_unavailable', but: { providerWide: true, retries: 1 } },
  { code: '20', says: 'a token', is: 'credentials_refused' },
  { code: '20-29', says: 'a right', is: 'permission_missing' },
  { code: 'http_502', says: 'a gateway', is: 'provider_unavailable', but: { ambiguous: true } },
  { code: 'http_500-599', says: 'the server', is: 'provider_unavailable' },
]);
const words = 'no message for +4915550001111';
const refused = (code: string | undefined, status = 400, detail = words) =>
  refusedCall(map, { code, status, detail });

describe('a failure map', () => {
  it('finds a code by itself, else by the range that it lies in', () => {
    const found = ['20', '21', '29', 'http_502', 'http_500', 'http_599'].map(code => map.find(code)?.code);
    assert.deepEqual(found, ['20', '20-29', '20-29', 'http_502', 'http_500-599', 'http_500-599']);
    for (const code of ['', '19', '30', '20-29', '20.5', '-21', 'x21', 'http_600', 'http_', 'constructor'])
      assert.equal(code === '20-29' ? undefined : map.find(code), undefined, code);
  });

  it('says what a refused call means: by the code, by the status where the code says nothing', () => {
    const told = (error: ProviderError) => [error.is, error.fault, error.providerCode];
    assert.deepEqual(told(refused('7', 401)), ['provider_unavailable', 'transient', '7']);
    assert.deepEqual(told(refused('25', 500)), ['permission_missing', 'auth', '25']);
    assert.deepEqual(told(refused('99', 503)), ['provider_unavailable', 'transient', '99']);
    assert.deepEqual(told(refused(undefined, 503)), ['provider_unavailable', 'transient', 'http_503']);
    const { providerWide, retries, ambiguous } = refused('7');
    assert.deepEqual([providerWide, retries, ambiguous], [true, 1, false]);
    assert.equal(refused(undefined, 502).ambiguous, true);
  });

  it('takes what nobody documents for permanent, and keeps its code and its words', () => {
    const error = refused('99');
    assert.deepEqual([error.fault, error.retryable], ['permanent', false]);
    assert.deepEqual(error.toRefusal(), { code: '99', is: 'unknown', detail: words });
    assert.deepEqual(refused(undefined, 418).toRefusal(), { code: 'http_418', is: 'unknown', detail: words });
  });

  it('keeps the words where nobody finds them by chance', () => {
    const error = refused('99');
    const shown = [
      error.message,
      error.stack,
      JSON.stringify(error),
      JSON.stringify(describeError(error)),
      inspect(error, { showHidden: true, getters: true, depth: Number.POSITIVE_INFINITY }),
      JSON.stringify({ ...error }),
      JSON.stringify(Object.getOwnPropertyDescriptors(error)),
      inspect(structuredClone(error), { showHidden: true }),
    ].join('\n');
    assert.ok(!shown.includes(words));
  });

  it('keeps so many words as a row may have, and none about credentials, which they may quote', () => {
    const long = refused('99', 400, `${'x'.repeat(999)}👋 and more`).toRefusal().detail ?? '';
    assert.equal(long.length, 1000);
    assert.ok(long.isWellFormed());
    assert.equal(refused('20').toRefusal().detail, undefined);
    assert.deepEqual(refused('99', 400, '').toRefusal(), { code: '99', is: 'unknown' });
  });
});

/** What may come next, by our words for it in the fixture. */
const classes: Readonly<Record<string, readonly ProviderFault[]>> = {
  retry: ['transient', 'rate', 'recipient'],
  'retry once': ['transient'],
  auth: ['auth'],
  window: ['window'],
  permanent: ['permanent'],
};
const documented: Readonly<Record<ChannelName, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'fixtures', 'failures', 'documented.json'), 'utf8'),
);

describe('the failures of the channels', () => {
  const maps = new Set(Object.values(failureMaps).flat());

  for (const [channel, codes] of Object.entries(documented)) {
    const [map] = failureMaps[channel as ChannelName] ?? assert.fail(channel);

    it(`have every code that is documented for ${channel}, and what it means for the next try`, () => {
      for (const [code, what] of Object.entries(codes)) {
        const found = map?.find(code) ?? assert.fail(`${channel} ${code}`);
        assert.ok(classes[what]?.includes(failureMeanings[found.is].fault), `${channel} ${code}`);
        assert.equal(found.but?.retries === 1, what === 'retry once', `${channel} ${code}`);
      }
    });

    it(`have no code of ${channel} that nobody documents`, () => {
      const own = map?.failures.filter(({ code }) => !code.startsWith('http_') && code !== '200-299') ?? [];
      assert.deepEqual(
        own.map(({ code }) => code).filter(code => codes[code] === undefined),
        [],
      );
    });
  }

  it('have each code once, a meaning, and no sentence that ends in a full stop', () => {
    for (const { provider, failures } of maps) {
      const codes = failures.map(({ code }) => code);
      assert.deepEqual(codes, [...new Set(codes)], provider);
      for (const { code, says, is } of failures) {
        assert.ok(says !== '' && !says.endsWith('.') && is in failureMeanings, `${provider} ${code}`);
        // A range that is none would never be found.
        assert.ok(/^[\w.-]{1,64}$/.test(code), `${provider} ${code}`);
      }
    }
  });

  it('give each code of a status its name, ACS by Meta’s', () => {
    const cases: [ChannelName, string, string][] = [
      ['meta', '131026', 'recipient_unreachable'],
      ['simulator', '131047', 'window_closed'],
      ['acs', '131047', 'window_closed'],
      ['acs', '131026', 'recipient_unreachable'],
      ['acs', 'NotFound', 'unknown'],
      ['meta', '987654', 'unknown'],
      ['meta', 'unknown', 'unknown'],
      ['emulator', '131026', 'unknown'],
    ];
    for (const [channel, code, name] of cases) assert.equal(failureName(channel, code), name);
  });
});

describe('a provider error of our own', () => {
  it('is what its fault is, in our words', () => {
    const faults = ['transient', 'rate', 'recipient', 'auth', 'window'] as const;
    for (const fault of faults) {
      const error = new ProviderError('x', { fault, providerCode: 'timeout' });
      assert.equal(failureMeanings[error.is].fault, fault);
      assert.deepEqual(error.toRefusal(), { code: 'timeout', is: error.is });
    }
  });
});
