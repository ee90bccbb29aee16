import assert from 'node:assert/strict';
import { SecretRefresher } from '../../../bot/secrets/secretRefresher.ts';
import { quietLog } from '../../support/engineWorld.ts';

const key = 'the-administrator-s-key-0123456789';

describe('the look at secrets', () => {
  it('comes again and again, each behind the last; whoever asks in between is looked after too', async () => {
    const timers: (() => void)[] = [];
    const reads: PromiseWithResolvers<NodeJS.ProcessEnv>[] = [];
    const refresher = new SecretRefresher({
      secrets: {
        read() {
          reads.push(Promise.withResolvers());
          return (reads.at(-1) as PromiseWithResolvers<NodeJS.ProcessEnv>).promise;
        },
      },
      started: { BLUETICK_API_KEY: key },
      renew: async () => false,
      everyMs: 5000,
      scheduler: {
        after(ms, task) {
          assert.equal(ms, 5000);
          timers.push(task);
          return () => {};
        },
      },
      log: quietLog(),
      count: () => assert.fail('nothing has changed'),
    });
    refresher.start();
    timers.shift()?.();
    // A signal in the middle of a look: what has changed since may have been read already.
    const asked = refresher.refresh();
    assert.equal(reads.length, 1);
    reads[0]?.resolve({ BLUETICK_API_KEY: key });
    while (reads.length < 2) await new Promise(setImmediate);
    assert.equal(timers.length, 0);
    reads[1]?.resolve({ BLUETICK_API_KEY: key });
    await asked;
    await new Promise(setImmediate);
    assert.equal(timers.length, 1);
    refresher.stop();
    const last = refresher.refresh();
    reads[2]?.resolve({ BLUETICK_API_KEY: 'too-short' });
    // What is found after the end is left aside: it would be counted as refused.
    await last;
  });
});
