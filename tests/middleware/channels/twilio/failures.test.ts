import assert from 'node:assert/strict';
import { failureMeanings } from '../../../../middleware/channels/failureMap.ts';
import { twilioFailures } from '../../../../middleware/channels/twilio/failures.ts';
import { classifyTwilioFault } from '../../../../middleware/channels/twilio/faults.ts';
import type { ProviderFault } from '../../../../middleware/errors.ts';

/** The codes of facts 3.7, with the class that stands there. */
const documented: readonly [code: number, fault: ProviderFault][] = [
  [63016, 'window'],
  [63018, 'rate'],
  [63024, 'permanent'],
  [63003, 'permanent'],
  [63013, 'permanent'],
  [63005, 'permanent'],
  [63012, 'transient'],
  [63020, 'permanent'],
  [63021, 'permanent'],
  [63032, 'permanent'],
  [20429, 'rate'],
  [21211, 'permanent'],
  [21610, 'permanent'],
  [21656, 'permanent'],
];

const refused = (status: number, body: unknown, headers = {}) =>
  classifyTwilioFault({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, 0);

describe('what Twilio’s refusals mean', () => {
  for (const [code, fault] of documented) {
    it(`is ${fault} for ${code}, whatever its HTTP status`, () => {
      const found = twilioFailures.find(String(code));
      assert.ok(found !== undefined);
      assert.equal(failureMeanings[found.is].fault, fault);
      const words = 'not for +15551234567';
      const error = refused(400, { code, message: words, more_info: 'https://…', status: 400 });
      assert.deepEqual([error.fault, error.providerCode, error.is], [fault, String(code), found.is]);
      assert.ok(!error.message.includes(words));
      assert.equal(error.code, fault === 'window' ? 'window_closed' : 'provider_error');
    });
  }

  const byStatus: readonly [number, unknown, ProviderFault, string][] = [
    [401, { code: 20003, message: 'Authenticate' }, 'auth', '20003'],
    [403, { code: 99999 }, 'auth', '99999'],
    [400, { code: 99999 }, 'permanent', '99999'],
    [404, '', 'permanent', 'http_404'],
    [408, '{}', 'transient', 'http_408'],
    [429, '<html>', 'rate', 'http_429'],
    [503, { code: 'down' }, 'transient', 'http_503'],
    [418, 'null', 'permanent', 'http_418'],
  ];
  for (const [status, body, fault, providerCode] of byStatus) {
    it(`is ${fault} for ${status} with ${JSON.stringify(body)}`, () => {
      const error = refused(status, body);
      assert.deepEqual([error.fault, error.providerCode], [fault, providerCode]);
      assert.equal(error.providerWide, status >= 500);
    });
  }
  it('leaves open what a gateway without an answer does not know', () =>
    assert.deepEqual(
      [500, 502, 503, 504].map(status => refused(status, '').ambiguous),
      [false, true, false, true],
    ));
  it('has the wait that Twilio asks for', () =>
    assert.equal(refused(429, { code: 20429 }, { 'retry-after': '7' }).retryAfterMs, 7000));
});
