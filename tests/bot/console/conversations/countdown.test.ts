import assert from 'node:assert/strict';
import {
  clockText,
  durationText,
  roughly,
  windowLeft,
} from '../../../../bot/console/conversations/countdown.ts';

const closesAt = '2026-11-22T12:00:00.000Z';
const end = Date.parse(closesAt);
const minute = 60_000;

describe('the countdown of a window', () => {
  it('runs, warns in its last hour, and closes in the very millisecond', () => {
    const at = (now: number) => windowLeft({ open: true, closesAt }, now);
    assert.deepEqual(at(end - 60 * minute), { state: 'open', leftMs: 60 * minute });
    assert.deepEqual(at(end - 60 * minute + 1), { state: 'short', leftMs: 60 * minute - 1 });
    assert.deepEqual(at(end - 1), { state: 'short', leftMs: 1 });
    assert.deepEqual(at(end), { state: 'closed' });
  });

  it('is closed where the provider says so, whatever the clock says', () => {
    assert.deepEqual(windowLeft({ open: false, closesAt }, end - minute), { state: 'closed' });
    assert.deepEqual(windowLeft({ open: false, closesAt: null }, end), { state: 'closed' });
  });

  it('is endless on a channel without one', () => {
    assert.deepEqual(windowLeft({ open: true, closesAt: null }, end), { state: 'endless' });
  });

  it('shows hours and minutes, below an hour minutes and seconds, and 0:00 only at the end', () => {
    assert.equal(clockText(24 * 60 * minute, 'en'), '24:00');
    assert.equal(clockText(60 * minute, 'en'), '1:00');
    assert.equal(clockText(60 * minute - 1000, 'en'), '59:59');
    assert.equal(clockText(1, 'en'), '0:01');
    assert.equal(clockText(0, 'en'), '0:00');
    assert.equal(clockText(-5, 'en'), '0:00');
    assert.equal(clockText(5000, 'ar-EG'), '٠:٠٥');
  });

  it('tells how long ago in one unit, rounded down', () => {
    assert.deepEqual(roughly(59_999), { amount: 59, unit: 'second' });
    assert.deepEqual(roughly(59 * minute), { amount: 59, unit: 'minute' });
    assert.deepEqual(roughly(25 * 60 * minute), { amount: 1, unit: 'day' });
    assert.deepEqual(roughly(-1), { amount: 0, unit: 'second' });
    assert.equal(durationText(5 * minute, 'en'), '5 min');
  });
});
