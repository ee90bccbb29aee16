import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { News } from '../../../middleware/ports.ts';
import { Lookout, type LookoutParts } from '../../../middleware/timing/lookout.ts';
import { quietLog } from '../../support/engineWorld.ts';

describe('Lookout, where others share the store', () => {
  let looks: number;
  let listeners: Set<(news: News) => void>;
  let lookout: Lookout;

  function watch(options: Pick<LookoutParts, 'heeds'> = {}) {
    looks = 0;
    listeners = new Set();
    lookout = new Lookout({
      clock: { now: () => 0 },
      // The first look is asked for by a timer, which does not come here.
      scheduler: { after: () => () => {} },
      log: quietLog(),
      what: 'something',
      sharing: {
        onNews(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      },
      async look() {
        looks += 1;
        return undefined;
      },
      ...options,
    });
    lookout.start();
  }
  const tell = async (...all: News['what'][]) => {
    for (const what of all) for (const listener of listeners) listener({ what });
    for (let turn = 0; turn < 3; turn += 1) await setImmediate();
  };

  it('looks at once when they tell of what is due, and once more for what came while it looked', async () => {
    watch();
    await tell('due');
    assert.equal(looks, 1);
    await tell('due', 'due', 'due', 'policies');
    assert.equal(looks, 3);
    await lookout.stop();
    assert.equal(listeners.size, 0);
  });

  it('heeds what it is there for alone', async () => {
    watch({ heeds: 'policies' });
    await tell('due');
    await tell('policies');
    assert.equal(looks, 1);
    await lookout.stop();
  });
});
