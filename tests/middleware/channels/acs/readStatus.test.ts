import assert from 'node:assert/strict';
import { parseEvents } from '../../../../middleware/channels/acs/parseEvents.ts';
import { inGridSchema, statusEvent } from '../../../support/acsEvents.ts';

function read(status: string, more: object = {}) {
  const event = statusEvent({ from: 'c1', messageId: 'm1', status, ...more });
  const [only] = parseEvents(Buffer.from(JSON.stringify(inGridSchema([event])))).acknowledgements;
  assert.ok(only !== undefined);
  return only;
}

describe('a status of ACS', () => {
  const meanings: readonly [word: string, means: string][] = [
    ['Sent', 'sent'],
    ['Delivered', 'delivered'],
    ['Read', 'read'],
    ['Failed', 'failed'],
    ['delivered', 'delivered'],
    ['READ', 'read'],
    ['warning', 'unknown'],
    ['unknown', 'unknown'],
    ['played', 'unknown'],
    ['constructor', 'unknown'],
  ];
  for (const [word, means] of meanings) {
    it(`that says ${word} means ${means}`, () => assert.equal(read(word).means, means));
  }

  it('says so where it failed because the window was closed', () => {
    const error = { channelCode: '131047', channelMessage: 'Re-engagement message' };
    assert.equal(read('Failed', { error }).windowClosed, true);
    assert.equal(read('Failed', { error: { channelCode: '131026' } }).windowClosed, undefined);
    assert.equal(read('Failed', { error: {} }).windowClosed, undefined);
    assert.equal(read('Failed').windowClosed, undefined);
    assert.equal(read('Delivered', { error }).windowClosed, undefined);
  });
});
