import assert from 'node:assert/strict';
import { EndedSessions } from '../../../bot/access/endedSessions.ts';
import { FailedTries } from '../../../bot/access/failedTries.ts';

const threeHours = 3 * 3_600_000;

describe('where the clock is set back by hours', () => {
  let [now, steady] = [0, 0];
  const clock = { now: () => now, steady: () => steady };
  beforeEach(() => {
    [now, steady] = [Date.UTC(2026, 10, 22, 12), 0];
  });

  it('an address may send its key again after a minute', () => {
    const tries = new FailedTries(clock);
    for (let wrong = 0; wrong < 10; wrong += 1) tries.add('192.0.2.1');
    now -= threeHours;
    assert.equal(tries.waitMs('192.0.2.1'), 60_000);
    steady += 60_000;
    assert.equal(tries.waitMs('192.0.2.1'), 0);
    tries.add('192.0.2.1');
    assert.equal(tries.waitMs('192.0.2.1'), 0);
  });

  it('a session that another instance has ended is over within five seconds', async () => {
    let json = '{}';
    const store = {
      readState: async () => [{ key: 'k', json, eTag: 'e' }],
      writeState: async () => ({ conflicts: [] }),
    };
    const ended = new EndedSessions(store, clock);
    assert.equal(await ended.has('s1'), false);
    json = JSON.stringify({ s1: now + threeHours });
    now -= threeHours;
    steady += 5000;
    assert.equal(await ended.has('s1'), true);
  });
});
