import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { LedgerListeners } from '../../../middleware/acknowledgements/listeners.ts';
import type { LedgerEvent } from '../../../middleware/ports.ts';
import { quietLog } from '../../support/engineWorld.ts';

const event: LedgerEvent = {
  type: 'message.failed',
  message: 'o1',
  conversation: 'c_A',
  channel: 'meta',
  business: 'b1',
  code: '131026',
  is: 'recipient_unreachable',
  at: 1,
};

describe('the listeners of the ledger', () => {
  const listeners: readonly [how: string, listener: () => void | Promise<void>][] = [
    [
      'throws',
      () => {
        throw new Error('Not today');
      },
    ],
    ['rejects at once', async () => Promise.reject(new Error('Not today'))],
    [
      'rejects later',
      async () => {
        await setImmediate();
        throw new Error('Not today');
      },
    ],
  ];
  for (const [how, harmful] of listeners) {
    it(`are told although one ${how}, which is logged`, async () => {
      const log = quietLog();
      const told: LedgerEvent[] = [];
      const all = new LedgerListeners(log);
      all.add(harmful);
      all.add(each => void told.push(each));
      all.emit(event);
      assert.deepEqual(told, [event]);
      await setImmediate();
      await setImmediate();
      assert.partialDeepStrictEqual(log.lines, [
        { level: 'error', fields: { type: 'message.failed' }, message: 'A listener of the ledger failed' },
      ]);
    });
  }

  it('are told no more once they are taken away', () => {
    const told: LedgerEvent[] = [];
    const all = new LedgerListeners(quietLog());
    const remove = all.add(each => void told.push(each));
    remove();
    all.emit(event);
    assert.deepEqual(told, []);
  });
});
