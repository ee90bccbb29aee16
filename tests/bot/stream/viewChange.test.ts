import assert from 'node:assert/strict';
import { changeViewer } from '../../../bot/stream/viewChange.ts';

describe('how the stream shows changes', () => {
  it('leaves out what a provider said of a call: its words may name the message, or the customer', () => {
    const detail = 'wamid.HBgN is no message of +49 155 50001111';
    const refusal = { code: '131009', is: 'provider_unavailable', detail } as const;
    const receipt = { outcome: 'failed', because: 'the provider refused it', at: 1000, refusal } as const;
    const shown = changeViewer([])({
      type: 'receipt.changed',
      at: 1000,
      conversation: 'c_1',
      message: 'm1',
      receipt,
    });
    const { receipt: seen } = shown as unknown as { receipt: { refusal: { code: string; todo: string } } };
    assert.equal(seen.refusal.code, '131009');
    assert.ok(seen.refusal.todo.length > 0);
    for (const part of ['wamid', '50001111']) assert.ok(!JSON.stringify(shown).includes(part), part);
  });

  it('tells what a receipt that is held waits for', () => {
    const of = { type: 'receipt.changed', at: 1000, conversation: 'c_1', message: 'm1' } as const;
    const untilOf = (receipt: object) => {
      const shown = changeViewer([])({ ...of, receipt: { because: 'so', ...receipt } } as never);
      return (shown as unknown as { receipt: { until?: string } }).receipt.until;
    };
    assert.equal(untilOf({ outcome: 'held', until: 'agentOpened' }), 'agentOpened');
    assert.equal(untilOf({ outcome: 'held' }), undefined, 'behind an earlier message');
    assert.equal(untilOf({ outcome: 'sent', until: 'agentOpened', at: 1 }), undefined);
  });

  it('tells which agent has a conversation and how it came to that, and not why: a reason is a text', () => {
    const of = {
      id: 'c_1',
      channel: 'meta',
      business: 'b1',
      customer: '1',
      version: 1,
      windowFrom: 0,
    } as const;
    const handoff = { at: 1000, by: 'bot', reason: 'Mrs Smith wants a refund', acceptedAt: 2000 } as const;
    const show = (state: object) =>
      changeViewer([])({
        type: 'conversation.changed',
        at: 3000,
        conversation: 'c_1',
        state: { ...of, holder: 'agent', ...state },
      }) as unknown as Record<string, unknown>;
    const { agent, assignedTo, handoff: shown } = show({ agent: 'Kim', handoff });
    assert.deepEqual([agent, assignedTo], ['Kim', null]);
    assert.deepEqual(shown, {
      at: '1970-01-01T00:00:01.000Z',
      by: 'bot',
      acceptedAt: '1970-01-01T00:00:02.000Z',
    });
    const back = show({ holder: 'bot' });
    assert.deepEqual([back.agent, back.assignedTo, back.handoff], [null, null, null]);
  });
});
