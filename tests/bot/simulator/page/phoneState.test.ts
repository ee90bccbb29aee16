import assert from 'node:assert/strict';
import {
  afterChange,
  byDays,
  shownMessages,
  unreadCount,
} from '../../../../bot/simulator/page/phoneState.ts';
import type { PhoneMessage, PhoneScreen } from '../../../../bot/simulator/phoneScreen.ts';

const message = (id: string, at: number, rest: Partial<PhoneMessage> = {}): PhoneMessage => ({
  id,
  from: 'business',
  type: 'text',
  at,
  tick: 'sent',
  body: {},
  ...rest,
});
const phone: PhoneScreen = {
  customer: '1',
  business: '2',
  typing: false,
  online: true,
  open: false,
  readReceipts: true,
  messages: [message('a', 10), message('c', 30)],
  timeline: [],
};
const shown = { typing: true, online: true, open: false, readReceipts: true };

describe('the phone on the page', () => {
  it('takes in a change: a new message has its place by its time, a known one is replaced', () => {
    const event = { at: 40, what: 'business', messageId: 'b' } as const;
    const after = afterChange(phone, { event, message: message('b', 20), ...shown });
    assert.deepEqual(
      after.messages.map(({ id }) => id),
      ['a', 'b', 'c'],
    );
    assert.deepEqual([after.typing, after.timeline], [true, [event]]);
    const blue = afterChange(after, { event, message: message('b', 20, { tick: 'read' }), ...shown });
    assert.deepEqual(
      blue.messages.map(({ tick }) => tick),
      ['sent', 'read', 'sent'],
    );
    assert.equal(afterChange(after, { event, ...shown }).messages, after.messages);
  });

  it('shows nothing that has not come yet', () => {
    const messages = [message('a', 10), message('b', 20, { isAway: true })];
    assert.deepEqual(
      shownMessages({ ...phone, messages }).map(({ id }) => id),
      ['a'],
    );
  });

  it('counts what came since the chat was left', () => {
    const timeline = [
      { at: 20, what: 'left' },
      { at: 50, what: 'arrived', messageId: 'a' },
    ] as const;
    const left = {
      ...phone,
      timeline,
      messages: [...phone.messages, message('own', 40, { from: 'customer' })],
    };
    assert.equal(unreadCount(left), 2);
    assert.equal(unreadCount({ ...left, open: true }), 0);
    assert.equal(unreadCount({ ...left, timeline: [{ at: 60, what: 'left' }] }), 0);
  });

  it('parts messages by days', () => {
    const noon = new Date(2026, 2, 29, 12).getTime();
    const nextMorning = new Date(2026, 2, 30, 1).getTime();
    const days = byDays([message('a', noon), message('b', noon + 1), message('c', nextMorning)]);
    assert.deepEqual(
      days.map(({ at, messages }) => [new Date(at).getDate(), messages.map(({ id }) => id)]),
      [
        [29, ['a', 'b']],
        [30, ['c']],
      ],
    );
  });
});
