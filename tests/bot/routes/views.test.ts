import assert from 'node:assert/strict';
import { viewConversation } from '../../../bot/routes/views.ts';

const day = 24 * 60 * 60 * 1000;
const windowFrom = Date.UTC(2026, 10, 22, 12);
const conversation = {
  id: 'c_1',
  channel: 'meta',
  business: 'b1',
  customer: '4915550001111',
  holder: 'bot',
  version: 0,
  unread: 0,
  windowFrom,
} as const;

describe('the view of a conversation', () => {
  const windowOf = (state: object, capabilities: { window: boolean } | undefined, afterMs: number) =>
    viewConversation({ ...conversation, ...state }, capabilities, windowFrom + afterMs).window;
  const closesAt = '2026-11-23T12:00:00.000Z';

  it('shows until when the window is open, and since when it is closed', () => {
    assert.deepEqual(windowOf({}, { window: true }, day - 1), { open: true, closesAt });
    assert.deepEqual(windowOf({}, { window: true }, day), { open: false, closesAt });
    assert.deepEqual(windowOf({}, undefined, day), { open: false, closesAt });
  });
  it('shows a window that the provider closed without a time', () =>
    assert.deepEqual(windowOf({ windowShut: true }, { window: true }, 0), { open: false, closesAt: null }));
  it('shows no end where the channel knows no window', () =>
    assert.deepEqual(windowOf({}, { window: false }, 5 * day), { open: true, closesAt: null }));
});
