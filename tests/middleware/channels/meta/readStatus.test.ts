import assert from 'node:assert/strict';
import { readStatus } from '../../../../middleware/channels/meta/readStatus.ts';

function read(status: string, errors?: readonly { readonly code: number }[]) {
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
});
