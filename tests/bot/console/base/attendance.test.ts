import assert from 'node:assert/strict';
import { Attendance } from '../../../../bot/console/base/attendance.ts';
import { fakeTime } from '../../../support/fakeTime.ts';

describe('whether somebody is at the page', () => {
  it('is so for a minute after they did something, and not because something came', async () => {
    const time = fakeTime();
    try {
      const page = new EventTarget();
      const attendance = new Attendance(page);
      assert.equal(attendance.isThere, true);
      await time.pass(60_000);
      assert.equal(attendance.isThere, false);
      page.dispatchEvent(new Event('message'));
      page.dispatchEvent(new Event('pointermove'));
      assert.equal(attendance.isThere, false);
      page.dispatchEvent(new Event('keydown'));
      assert.equal(attendance.isThere, true);
    } finally {
      time.restore();
    }
  });
});
