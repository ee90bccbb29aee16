import assert from 'node:assert/strict';
import { statusEnvelope } from '../../bot/simulator/envelopes.ts';
import { lostStatuses } from './lostStatuses.ts';

const at = 1_700_000_000_000;
const later = new Date(at + 1000).toISOString();
const attempt = (id: string, word: string, status?: number) => ({
  body: JSON.stringify(
    statusEnvelope(
      '1',
      { number: '4915550001111', userId: 'US.1', name: 'Anna' },
      { id, status: word, at, ...(word === 'failed' && { errors: [{ code: 131026 }] }) },
    ),
  ),
  ...(status !== undefined && { status }),
});
const known = { at: { sent: new Date(at).toISOString() }, failures: [{ code: '131026', at: later }] };

describe('the checker of statuses', () => {
  it('finds nothing lost where all that was answered 200 is kept', () => {
    const orphans = [{ acknowledgement: { providerId: 'b', status: 'read' } }];
    const attempts = [
      attempt('a', 'sent', 200),
      attempt('a', 'failed', 200),
      attempt('b', 'read', 200),
      attempt('c', 'sent', 503),
      attempt('c', 'sent'),
    ];
    assert.deepEqual(lostStatuses(attempts, { messages: new Map([['a', known]]), orphans }), []);
  });

  it('finds what is nowhere, once, and what is told later than it was', () => {
    const attempts = ['sent', 'delivered', 'delivered', 'failed'].map(word => attempt('a', word, 200));
    const message = { at: { sent: later }, failures: [] };
    assert.deepEqual(lostStatuses(attempts, { messages: new Map([['a', message]]), orphans: [] }), [
      'sent of a',
      'delivered of a',
      'failed of a',
    ]);
    assert.deepEqual(lostStatuses([attempt('x', 'read', 200)], { messages: new Map(), orphans: [] }), [
      'read of x',
    ]);
  });
});
