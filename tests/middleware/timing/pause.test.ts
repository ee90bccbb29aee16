import assert from 'node:assert/strict';
import { EventEmitter, getEventListeners } from 'node:events';
import { endWithin } from '../../../middleware/timing/endWithin.ts';
import { pause } from '../../../middleware/timing/pause.ts';
import { systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';

describe('pause', () => {
  let time: FakeTime;
  let bell: EventEmitter;
  let abort: AbortController;
  beforeEach(() => {
    time = fakeTime();
    bell = new EventEmitter();
    abort = new AbortController();
  });
  afterEach(() => time.restore());

  const wake = (end: () => void) => {
    bell.on('ring', end);
    return () => void bell.off('ring', end);
  };
  /** What a pause has set up and not taken down. */
  const left = () => ({
    timers: time.pending(),
    listeners: bell.listenerCount('ring') + getEventListeners(abort.signal, 'abort').length,
  });
  const nothing = { timers: 0, listeners: 0 };
  const begin = () => pause(systemScheduler, 1000, { wake, signal: abort.signal });

  it('ends when its time has passed, not before', async () => {
    let how: string | undefined;
    void pause(systemScheduler, 1000).then(ended => {
      how = ended;
    });
    await time.pass(999);
    assert.equal(how, undefined);
    await time.pass(1);
    assert.equal(how, 'time');
  });

  it('leaves neither timer nor listener when its time has passed', async () => {
    const paused = begin();
    assert.deepEqual(left(), { timers: 1, listeners: 2 });
    await time.pass(1000);
    assert.equal(await paused, 'time');
    assert.deepEqual(left(), nothing);
  });

  it('leaves neither timer nor listener when it is woken', async () => {
    const paused = begin();
    bell.emit('ring');
    assert.equal(await paused, 'woken');
    assert.deepEqual(left(), nothing);
  });

  it('leaves neither timer nor listener when it is aborted, and rejects with the reason', async () => {
    const reason = new Error('it stops');
    const paused = begin();
    abort.abort(reason);
    await assert.rejects(paused, error => error === reason);
    assert.deepEqual(left(), nothing);
  });

  it('does not begin at all where it is aborted already', async () => {
    abort.abort(new Error('it has stopped'));
    await assert.rejects(begin(), /it has stopped/);
    assert.deepEqual(left(), nothing);
  });

  it('ends once, by what comes first', async () => {
    const paused = begin();
    bell.emit('ring');
    abort.abort(new Error('too late'));
    assert.equal(await paused, 'woken');
  });

  it('ends at once where it is to last no time', async () => {
    const paused = pause(systemScheduler, 0);
    await time.pass(0);
    assert.equal(await paused, 'time');
  });

  describe('for the end of a call', () => {
    const call = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const underWay = { abort, ended: promise };
      abort.signal.addEventListener('abort', () => resolve(), { once: true });
      return { underWay, end: resolve };
    };

    it('leaves a call alone that ends in time', async () => {
      const { underWay, end } = call();
      const ended = endWithin(systemScheduler, underWay, 500);
      await time.pass(499);
      end();
      await ended;
      assert.equal(abort.signal.aborted, false);
      assert.equal(time.pending(), 0);
    });

    it('aborts a call that takes longer, and waits until it really has ended', async () => {
      const { underWay } = call();
      const ended = endWithin(systemScheduler, underWay, 500);
      await time.pass(499);
      assert.equal(abort.signal.aborted, false);
      await time.pass(1);
      await ended;
      assert.equal(abort.signal.aborted, true);
      assert.equal(time.pending(), 0);
    });
  });
});
