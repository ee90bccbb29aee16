import assert from 'node:assert/strict';
import { effectivePolicy } from '../../../middleware/policy/effectivePolicy.ts';

describe('effectivePolicy', () => {
  const wider = [
    { source: 'channel meta', document: { read: { when: 'replying' } } },
    { source: 'default', document: { read: { when: 'never' }, reply: { delay: { minMs: 50 } } } },
  ] as const;

  it('gives each field with its source, and what it would be if the scope said nothing', () => {
    const own = { source: 'workstream vip', document: { read: { when: 'manual' } } } as const;
    const fields = effectivePolicy(own, wider);
    assert.deepEqual(fields['read.when'], {
      value: 'manual',
      from: 'workstream vip',
      inherited: { value: 'replying', from: 'channel meta' },
    });
    const fifty = { value: 50, from: 'default' };
    assert.deepEqual(fields['reply.delay.minMs'], { ...fifty, inherited: fifty });
    const show = { value: true, from: 'built-in default' };
    assert.deepEqual(fields['typing.show'], { ...show, inherited: show });
  });

  it('shows documents that contradict each other as they are', () => {
    const own = { source: 'channel waha', document: { reply: { delay: { maxMs: 10 } } } };
    const fields = effectivePolicy(own, wider);
    assert.deepEqual([fields['reply.delay.minMs']?.value, fields['reply.delay.maxMs']?.value], [50, 10]);
  });
});
