import assert from 'node:assert/strict';
import { holdsSharedSecret } from '../../../middleware/channels/sharedSecret.ts';

const given = (header?: string | string[], code?: string) => ({
  headers: { 'x-webhook-secret': header },
  query: { code },
});

describe('holdsSharedSecret', () => {
  it('knows the current secret and those before, in the header or the query', () => {
    const secrets = ['current', 'before'];
    assert.equal(holdsSharedSecret(given('current'), secrets), true);
    assert.equal(holdsSharedSecret(given(undefined, 'before'), secrets), true);
    for (const other of [
      given(),
      given('', 'current'),
      given('Current'),
      given(['current']),
      given('x', 'current'),
    ]) {
      assert.equal(holdsSharedSecret(other, secrets), false);
    }
  });
  it('refuses to work without a secret, or with an empty one, whatever is given', () => {
    for (const secrets of [[], [''], ['current', '']]) {
      for (const request of [given(), given(''), given('current')]) {
        assert.throws(() => holdsSharedSecret(request, secrets), { code: 'invalid_configuration' });
      }
    }
  });
});
