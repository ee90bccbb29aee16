import assert from 'node:assert/strict';
import { wahaFailures } from '../../../../middleware/channels/waha/failures.ts';
import { classifyFault } from '../../../../middleware/channels/waha/faults.ts';
import { fixture } from '../linkedDevice/samples.ts';

const now = Date.UTC(2026, 10, 21);
const fault = (status: number, body: unknown = '', headers = {}) =>
  classifyFault({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, now);

describe('a call that WAHA refuses', () => {
  for (const [status, is, means, providerWide, ambiguous] of [
    [400, 'message_refused', 'permanent', false, false],
    [401, 'credentials_refused', 'auth', false, false],
    [404, 'unknown_target', 'permanent', false, false],
    [418, 'unknown', 'permanent', false, false],
    [422, 'unknown', 'permanent', false, false],
    [429, 'rate_limited', 'rate', false, false],
    [500, 'provider_unavailable', 'transient', true, false],
    [502, 'provider_unavailable', 'transient', true, true],
    [503, 'provider_unavailable', 'transient', true, false],
    [504, 'provider_unavailable', 'transient', true, true],
  ] as const) {
    it(`is ${is} by HTTP ${status}`, () => {
      const error = fault(status, { message: 'words', statusCode: status });
      assert.deepEqual(
        [error.is, error.fault, error.providerWide, error.ambiguous, error.providerCode],
        [is, means, providerWide, ambiguous, `http_${status}`],
      );
    });
  }

  it('has every documented code in the map, with its provider’s page', () => {
    assert.deepEqual([wahaFailures.provider, wahaFailures.source], ['WAHA', 'WAHA-DOCS']);
    assert.equal(wahaFailures.find('ERROR')?.is, 'not_delivered');
  });

  it('waits while the session is not working, where WAHA says so in the way that its issues show', () => {
    const { status, body } = fixture('unverified/waha/session-not-working');
    const error = fault(status, body);
    assert.deepEqual(
      [error.fault, error.providerCode, error.providerWide, error.ambiguous, error.retryable],
      ['transient', 'session_not_working', true, false, true],
    );
    assert.ok(!error.message.includes(body.error));
  });

  it('does not wait where the session is what was expected', () => {
    const { status, body } = fixture('unverified/waha/session-not-working');
    assert.equal(fault(status, { ...body, status: 'WORKING' }).fault, 'permanent');
    assert.equal(fault(400, body).fault, 'permanent');
  });

  it('keeps WAHA’s words, and shows them nowhere', () => {
    const error = fault(400, { message: 'no 4915550001111 here', statusCode: 400 });
    assert.equal(error.toRefusal().detail, 'no 4915550001111 here');
    assert.ok(!`${error.message} ${error.stack} ${JSON.stringify(error)}`.includes('4915550001111'));
  });

  it('waits as long as it asks', () => {
    assert.equal(fault(429, '', { 'retry-after': '7' }).retryAfterMs, 7000);
    assert.equal(fault(429).retryAfterMs, undefined);
  });
});
