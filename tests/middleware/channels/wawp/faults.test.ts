import assert from 'node:assert/strict';
import { wawpFailures } from '../../../../middleware/channels/wawp/failures.ts';
import { classifyFault } from '../../../../middleware/channels/wawp/faults.ts';

const now = Date.UTC(2026, 10, 21);
const fault = (status: number, body: unknown = '', headers = {}) =>
  classifyFault({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, now);

describe('a call that Wawp refuses', () => {
  for (const [status, code, is, means, providerWide, ambiguous] of [
    [401, undefined, 'credentials_refused', 'auth', false, false],
    [403, 'subscription_required', 'permission_missing', 'auth', false, false],
    [404, 'invalid_session', 'unknown_target', 'permanent', false, false],
    [502, 'wawp_upstream_error', 'provider_unavailable', 'transient', true, true],
    [500, 'wawp_upstream_error', 'provider_unavailable', 'transient', true, true],
    [500, undefined, 'provider_unavailable', 'transient', true, false],
    [503, 'something_new', 'provider_unavailable', 'transient', true, false],
    [429, undefined, 'rate_limited', 'rate', false, false],
    [400, 'something_new', 'message_refused', 'permanent', false, false],
    [418, undefined, 'unknown', 'permanent', false, false],
  ] as const) {
    it(`is ${is} by HTTP ${status}${code === undefined ? '' : ` and ${code}`}`, () => {
      const error = fault(status, { ...(code && { code }), message: 'words' });
      assert.deepEqual(
        [error.is, error.fault, error.providerWide, error.ambiguous, error.providerCode],
        [is, means, providerWide, ambiguous, code ?? `http_${status}`],
      );
    });
  }

  it('has every documented code in the map, with its provider’s page', () => {
    assert.deepEqual([wawpFailures.provider, wawpFailures.source], ['Wawp', 'WAWP']);
    assert.equal(wawpFailures.find('ERROR')?.is, 'not_delivered');
  });

  it('has no code but one of the form of theirs: it reaches messages and logs', () => {
    for (const body of [
      '',
      'x',
      '[]',
      { code: 401 },
      { code: '4915550001111' },
      { code: 'a b' },
      { code: 'A' },
    ])
      assert.equal(fault(400, body).providerCode, 'http_400', JSON.stringify(body));
  });

  it('waits as long as it asks', () => {
    assert.equal(fault(429, '', { 'retry-after': '7' }).retryAfterMs, 7000);
  });
});
