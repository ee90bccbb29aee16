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
});
