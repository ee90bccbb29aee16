import assert from 'node:assert/strict';
import { classifyError, classifyFault, noToken } from '../../../../middleware/channels/acs/faults.ts';
import type { ProviderFault } from '../../../../middleware/errors.ts';

const now = Date.UTC(2026, 10, 21, 12);
const classify = (status: number, body?: unknown, headers: Record<string, string> = {}) =>
  classifyFault({ status, headers, body }, now);

describe('the faults of ACS', () => {
  const table: [ProviderFault, number[]][] = [
    ['permanent', [302, 400, 404, 405, 409, 412, 415, 422]],
    ['auth', [401, 403]],
    ['rate', [429]],
    ['transient', [408, 500, 502, 503, 504]],
  ];
  for (const [fault, statuses] of table) {
    for (const status of statuses) {
      it(`${status} is \`${fault}\``, () => {
        const error = classify(status);
        assert.deepEqual([error.fault, error.providerCode], [fault, `http_${status}`]);
        assert.equal(error.providerWide, status >= 500);
        assert.equal(error.ambiguous, status === 502 || status === 504);
      });
    }
  }

  it('have Azure’s code, from the header or the body, and none of its words', () => {
    const body = { error: { code: 'BadRequest', message: 'to +14255551234', innererror: { code: 'x' } } };
    assert.equal(classify(400, body).providerCode, 'BadRequest');
    assert.equal(classify(400, body, { 'x-ms-error-code': 'InvalidChannel' }).providerCode, 'InvalidChannel');
    assert.doesNotMatch(classify(400, body).message, /1425/);
  });
  for (const code of ['to +14255551234', '', 5, null, 'x'.repeat(65)]) {
    it(`take ${JSON.stringify(code).slice(0, 20)} for no code`, () =>
      assert.equal(classify(400, { error: { code } }).providerCode, 'http_400'));
  }
  for (const body of [undefined, null, '', 'text', [], { error: null }]) {
    it(`need no body of any form: ${JSON.stringify(body)}`, () =>
      assert.equal(classify(503, body).providerCode, 'http_503'));
  }
  // Whether ACS refuses a call so is not known; the members are those of its documented error.
  const withWindowCode: [string, object, Record<string, string>?][] = [
    ['code', { code: '131047' }],
    ['inner error', { code: 'BadRequest', innererror: { code: '131047' } }],
    ['details', { code: 'BadRequest', details: [null, { code: 'x' }, { code: '131047' }] }],
    ['header', { code: 'BadRequest' }, { 'x-ms-error-code': '131047' }],
  ];
  for (const [place, error, headers] of withWindowCode) {
    it(`are a closed window where Meta’s code for it is the ${place}`, () => {
      const fault = classify(400, { error: { message: 'x', ...error } }, headers);
      assert.deepEqual([fault.fault, fault.code, fault.providerCode], ['window', 'window_closed', '131047']);
      assert.equal(fault.retryable, false);
    });
  }
  it('are no closed window for other codes beside the error’s', () => {
    const fault = classify(400, { error: { code: 'BadRequest', details: [{ code: '131026' }] } });
    assert.deepEqual([fault.fault, fault.providerCode], ['permanent', 'BadRequest']);
  });
  it('have the wait that was asked for', () => {
    assert.equal(classify(429, undefined, { 'retry-after': '7' }).retryAfterMs, 7000);
    const date = new Date(now + 3000).toUTCString();
    assert.equal(classify(503, undefined, { 'retry-after': date }).retryAfterMs, 3000);
    assert.equal(classify(429).retryAfterMs, undefined);
  });

  it('without an answer say whether the service may have acted, and keep nothing of the request', () => {
    const thrown = (code: string) => Object.assign(new Error('to +14255551234'), { code, request: 'secret' });
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']) {
      assert.equal(classifyError(thrown(code), true).ambiguous, false);
    }
    for (const error of [thrown('ECONNRESET'), thrown('EPIPE'), null, 'x']) {
      const fault = classifyError(error, true);
      assert.deepEqual([fault.providerCode, fault.ambiguous, fault.cause], ['network', true, undefined]);
    }
    assert.equal(classifyError(thrown('ECONNRESET'), false).ambiguous, false);
    assert.equal(classifyError(noToken(), true).providerCode, 'no_token');
  });
  it('that the SDK could not read go by their status', () => {
    const unreadable = (statusCode: number) =>
      Object.assign(new Error('x'), { code: 'PARSE_ERROR', statusCode });
    assert.equal(classifyError(unreadable(202), true).providerCode, 'unreadable_answer');
    assert.equal(classifyError(unreadable(503), true).fault, 'transient');
    assert.equal(classifyError(unreadable(401), true).fault, 'auth');
  });
});
