import assert from 'node:assert/strict';
import {
  failedByWindow,
  isWindowClosed,
  isWindowOpen,
  windowClosed,
  windowClosesAt,
} from '../../../middleware/acknowledgements/window.ts';
import { saysWindowClosed } from '../../../middleware/channels/saysWindowClosed.ts';
import { BluetickError, ProviderError } from '../../../middleware/errors.ts';

const windowFrom = Date.UTC(2026, 10, 22, 12);
const day = 24 * 60 * 60 * 1000;
const bound = { window: true };
const free = { window: false };

describe('the window', () => {
  it('is open for 24 hours after the customer’s latest message, to the millisecond', () => {
    const isOpen = (afterMs: number) => isWindowOpen({ windowFrom }, bound, windowFrom + afterMs);
    assert.deepEqual([0, day - 1, day, 2 * day].map(isOpen), [true, true, false, false]);
    assert.equal(windowClosesAt({ windowFrom }, bound), windowFrom + day);
  });

  it('is closed where the provider says so, and since when is not known', () => {
    const state = { windowFrom, windowShut: true } as const;
    assert.equal(isWindowOpen(state, bound, windowFrom), false);
    assert.equal(windowClosesAt(state, bound), undefined);
  });

  it('is closed before the customer has written', () =>
    assert.equal(isWindowOpen({ windowFrom: 0 }, bound, windowFrom), false));

  it('binds no channel that knows none', () => {
    for (const state of [{ windowFrom: 0 }, { windowFrom, windowShut: true } as const]) {
      assert.equal(isWindowOpen(state, free, windowFrom + 10 * day), true);
      assert.equal(windowClosesAt(state, free), undefined);
    }
  });

  it('that is closed is told in one sentence, with a code', () => {
    const told = windowClosed();
    assert.ok(told instanceof BluetickError);
    assert.equal(
      told.message,
      'This conversation has exceeded the 24 hour limit to respond to the customer.',
    );
    assert.deepEqual(
      [told.code, told.providerCode, told.retryable],
      ['window_closed', 'window_closed', false],
    );
    const refusal = new ProviderError('x', { fault: 'window', providerCode: '131047' });
    const passedOn = windowClosed('131047', refusal);
    assert.deepEqual([passedOn.message, passedOn.providerCode], [told.message, '131047']);
    assert.equal(passedOn.cause, refusal);
  });

  it('is what a call failed for where its fault says so', () => {
    const fault = (of: 'window' | 'permanent') =>
      new ProviderError('x', { fault: of, is: 'unknown', providerCode: '1' });
    assert.deepEqual([fault('window'), fault('permanent'), new Error('x'), undefined].map(isWindowClosed), [
      true,
      false,
      false,
      false,
    ]);
  });

  it('is closed by the codes of Meta and Twilio, and by no others', () => {
    assert.deepEqual(['131047', '63016', '131026', '13104', '', 'window_closed'].map(saysWindowClosed), [
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('is what a message failed for, by our refusal or a provider’s', () => {
    assert.deepEqual(
      ['window_closed', '131047', '63016', '131026', 'internal', undefined].map(failedByWindow),
      [true, true, true, false, false, false],
    );
  });
});
