import assert from 'node:assert/strict';
import { readStatus } from '../../../../middleware/channels/meta/readStatus.ts';

function read(status: string, errors?: unknown) {
  const item = { id: 'wamid.A', status, timestamp: '1750030073', recipient_id: '16505551234', errors };
  const reading = readStatus(item, { channel: 'meta', business: 'b1', contacts: [] });
  assert.ok('item' in reading);
  return reading.item;
}

describe('a status of Meta', () => {
  for (const word of ['sent', 'delivered', 'read', 'played', 'failed']) {
    it(`that says ${word} means that`, () => assert.equal(read(word).means, word));
  }
  for (const word of ['deleted', 'warning', 'accepted', 'Sent', 'constructor']) {
    it(`that says ${word} means nothing that we know`, () => assert.equal(read(word).means, 'unknown'));
  }

  it('says so where it failed because the window was closed', () => {
    assert.equal(read('failed', [{ code: 131026 }, { code: 131047 }]).windowClosed, true);
    assert.equal(read('failed', [{ code: 131026 }]).windowClosed, undefined);
    assert.equal(read('failed').windowClosed, undefined);
    assert.equal(read('sent', [{ code: 131047 }]).windowClosed, undefined);
  });

  describe('that failed', () => {
    const known = { code: 131026, title: 'Undeliverable', error_data: { details: 'Not on WhatsApp' } };
    const cases: readonly [what: string, error: unknown, failure: object][] = [
      ['without a code', { title: 'no code' }, { code: 'unknown', detail: 'no code' }],
      ['whose code is null', { ...known, code: null }, { code: 'unknown', detail: 'Not on WhatsApp' }],
      ['whose code is a number in a text', { code: '131049' }, { code: '131049' }],
      ['whose code is no integer', { code: 1.5, title: 'x' }, { code: 'unknown', detail: '1.5: x' }],
      ['whose code is a text', { code: 'a b' }, { code: 'unknown', detail: 'a b' }],
      ['whose details are no text', { code: 1, title: 5, error_data: { details: 5 } }, { code: '1' }],
      ['that is a text', 'nonsense', { code: 'unknown' }],
      ['that is null', null, { code: 'unknown' }],
    ];
    for (const [what, error, failure] of cases) {
      it(`keeps its codes beside an error ${what}`, () => {
        const { failures, windowClosed } = read('failed', [known, error, { code: 131047 }]);
        assert.deepEqual(failures, [
          { code: '131026', detail: 'Not on WhatsApp' },
          failure,
          { code: '131047' },
        ]);
        assert.equal(windowClosed, true);
      });
    }

    it('keeps no more than 1,000 characters of a text', () => {
      const error = { code: 131026, error_data: { details: 'x'.repeat(5000) } };
      assert.deepEqual(read('failed', [error]).failures, [{ code: '131026', detail: 'x'.repeat(1000) }]);
    });
  });
});
