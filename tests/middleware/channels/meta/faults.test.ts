import assert from 'node:assert/strict';
import { classifyFault } from '../../../../middleware/channels/meta/faults.ts';
import type { ProviderFault } from '../../../../middleware/errors.ts';

const now = Date.UTC(2026, 10, 21, 12);
const classify = (status: number, body: unknown, retryAfter?: string) =>
  classifyFault({ status, retryAfter, body: typeof body === 'string' ? body : JSON.stringify(body), now });
const withCode = (code: unknown, status = 400) =>
  classify(status, { error: { message: '(#1) to +16505551234 failed', type: 'OAuthException', code } });

describe('classifyFault', () => {
  const table: [ProviderFault, number[]][] = [
    ['transient', [1, 2, 131000, 131016, 131057, 133004]],
    ['rate', [4, 80007, 130429]],
    ['recipient', [131056]],
    ['auth', [0, 3, 10, 190, 200, 250, 299]],
    ['window', [131047]],
    [
      'permanent',
      [
        33, 100, 300, 368, 130403, 130472, 130497, 131005, 131008, 131009, 131021, 131026, 131031, 131037,
        131042, 131045, 131048, 131049, 131050, 131051, 131052, 131053, 131063, 131064, 132000, 132001,
        132069, 133000, 133010, 133015, 133016, 134011, 135000, 999999,
      ],
    ],
  ];
  for (const [fault, codes] of table) {
    for (const code of codes) {
      it(`${code} is \`${fault}\``, () => {
        const error = withCode(code);
        assert.equal(error.fault, fault);
        assert.equal(error.providerCode, String(code));
        assert.equal(error.ambiguous, false);
      });
    }
  }
  it('a known code decides, whatever the HTTP status', () => {
    for (const [fault, codes] of table) {
      for (const code of codes.filter(code => code !== 300 && code !== 999999)) {
        for (const status of [200, 400, 401, 403, 429, 500, 503])
          assert.equal(withCode(code, status).fault, fault);
      }
    }
  });
  it('only faults of the whole provider count for the breaker', () => {
    const wide = table.flatMap(([, codes]) => codes).filter(code => withCode(code).providerWide);
    assert.deepEqual(wide, [2, 131000, 131016, 131057, 130429]);
  });
  it('code 1 may be repeated once, others as often as the caller likes', () => {
    assert.equal(withCode(1).retries, 1);
    assert.equal(withCode(2).retries, Number.POSITIVE_INFINITY);
  });
  it('goes by the HTTP status where the code says nothing', () => {
    for (const body of [
      '',
      'x',
      '{',
      '[]',
      'null',
      '5',
      '{}',
      { error: null },
      { error: { code: '190' } },
      { error: { code: 1.5 } },
    ]) {
      assert.deepEqual([classify(401, body).fault, classify(401, body).providerCode], ['auth', 'http_401']);
      assert.equal(classify(429, body).fault, 'rate');
      assert.equal(classify(302, body).fault, 'permanent');
      assert.equal(classify(404, body).fault, 'permanent');
      const gateway = classify(503, body);
      assert.deepEqual([gateway.fault, gateway.providerWide, gateway.ambiguous], ['transient', true, false]);
      // A gateway that had no answer itself does not know what became of the call.
      assert.deepEqual(
        [502, 504].map(status => classify(status, body).ambiguous),
        [true, true],
      );
    }
    assert.equal(withCode(999999, 500).fault, 'transient');
    assert.equal(withCode(999999, 500).providerWide, true);
    assert.equal(withCode(999999, 401).fault, 'auth');
    assert.equal(withCode(999999, 429).fault, 'rate');
  });
  it('keeps what Retry-After says, and nothing where there is none', () => {
    assert.equal(classify(429, '', '7').retryAfterMs, 7000);
    assert.equal(classify(429, '', 'Sat, 21 Nov 2026 12:00:30 GMT').retryAfterMs, 30_000);
    assert.equal(classify(429, '').retryAfterMs, undefined);
  });
  it('never shows Meta’s words', () => {
    const { message, stack, cause } = withCode(131026);
    assert.ok(!`${message}${stack}`.includes('16505551234'));
    assert.equal(cause, undefined);
    assert.match(message, /131026/);
  });
});
