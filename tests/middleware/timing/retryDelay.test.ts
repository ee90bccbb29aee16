import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type PassingFault, ProviderError } from '../../../middleware/errors.ts';
import { retryDelay } from '../../../middleware/timing/retryDelay.ts';

const error = (fault: PassingFault, retryAfterMs?: number) =>
  new ProviderError('no', { fault, providerCode: 'x', ...(retryAfterMs !== undefined && { retryAfterMs }) });

describe('retryDelay', () => {
  const table: readonly [what: string, error: ProviderError, attempts: number, ms: number][] = [
    ['begins at a second after a transient fault', error('transient'), 1, 1000],
    ['doubles with each further one', error('transient'), 4, 8000],
    ['never grows past a minute', error('transient'), 7, 60_000],
    ['does not either after very many', error('transient'), 2000, 60_000],
    ['is the same after a fault of rate that names no time', error('rate'), 2, 2000],
    ['waits as long as the provider asks', error('rate', 12_345), 1, 12_345],
    ['takes the provider’s word also where it says at once', error('transient', 0), 5, 0],
    ['takes the provider’s word before our own rules', error('auth', 5), 1, 5],
    ['is 4^n seconds, n from 0, for a recipient', error('recipient'), 1, 1000],
    ['is 4^n seconds for a recipient that is still too much', error('recipient'), 4, 64_000],
    ['ends at an hour for a recipient', error('recipient'), 7, 3_600_000],
    ['does so too after very many', error('recipient'), 2000, 3_600_000],
    ['is a minute after refused credentials, however often', error('auth'), 9, 60_000],
  ];
  for (const [what, fault, attempts, ms] of table) {
    it(what, () => assert.equal(retryDelay(fault, attempts, 0.5), ms));
  }

  it('spreads by a fifth to both sides', () => {
    assert.equal(retryDelay(error('transient'), 3, 0), 3200);
    assert.equal(retryDelay(error('transient'), 3, 1), 4800);
  });

  it('does not spread what the provider asked for', () => {
    assert.equal(retryDelay(error('rate', 3000), 3, 0), retryDelay(error('rate', 3000), 3, 1));
    assert.equal(retryDelay(error('recipient'), 3, 0), retryDelay(error('recipient'), 3, 1));
  });

  it('is a whole number of milliseconds that grows with the tries, whatever the chance', () => {
    const faults = fc.constantFrom<PassingFault>('transient', 'rate', 'recipient', 'auth');
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(faults, fc.integer({ min: 1, max: 100 }), chance, (fault, attempts, jitter) => {
        const wait = retryDelay(error(fault), attempts, jitter);
        assert.ok(Number.isInteger(wait) && wait >= 800, String(wait));
        assert.ok(retryDelay(error(fault), attempts + 1, jitter) >= wait);
      }),
      { seed: 20_261_122 },
    );
  });
});
