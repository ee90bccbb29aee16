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

  describe('that failed', () => {
    const failuresOf = (error: object) => read('Failed', { error }).failures;

    it('may have a number as its code', () => {
      assert.deepEqual(failuresOf({ channelCode: 131047 }), [{ code: '131047' }]);
      assert.equal(read('Failed', { error: { channelCode: 131047 } }).windowClosed, true);
    });

    it('has no code where there is none', () => {
      for (const error of [{}, { channelCode: null }, { channelCode: '' }]) {
        assert.deepEqual(failuresOf(error), [{ code: 'unknown' }]);
      }
      assert.deepEqual(failuresOf({ channelMessage: 'x' }), [{ code: 'unknown', detail: 'x' }]);
    });

    it('keeps as a text what has not the form of a code', () => {
      const longest = 'x'.repeat(64);
      assert.deepEqual(failuresOf({ channelCode: longest }), [{ code: longest }]);
      for (const channelCode of [`${longest}x`, 'to +4915550001111', '131026\n', 'ü']) {
        assert.deepEqual(failuresOf({ channelCode }), [{ code: 'unknown', detail: channelCode }]);
        assert.deepEqual(failuresOf({ channelCode, channelMessage: 'Message Undeliverable.' }), [
          { code: 'unknown', detail: `${channelCode}: Message Undeliverable.` },
        ]);
      }
    });

    it('keeps no more than 1,000 characters of a text', () => {
      const kept = [{ code: 'unknown', detail: 'x'.repeat(1000) }];
      assert.deepEqual(failuresOf({ channelCode: 'x'.repeat(5000) }), kept);
      assert.deepEqual(failuresOf({ channelMessage: 'x'.repeat(5000) }), kept);
    });

    it('keeps a text whole at its end, without half of a character', () => {
      const channelMessage = `${'x'.repeat(999)}\u{1f600}`;
      const [failure] = failuresOf({ channelMessage }) ?? [];
      assert.equal(failure?.detail?.isWellFormed(), true);
    });
  });
});
