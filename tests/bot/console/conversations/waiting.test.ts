import assert from 'node:assert/strict';
import { shortcutOf } from '../../../../bot/console/conversations/shortcuts.ts';
import type { ConversationView } from '../../../../bot/console/conversations/views.ts';
import { WaitingRoom, waitsSince } from '../../../../bot/console/conversations/waiting.ts';

const [ten, eleven, twelve] = [10, 11, 12].map(hour => `2026-11-22T${hour}:00:00.000Z`) as [
  string,
  string,
  string,
];
const view = (id: string, rest: Partial<ConversationView> = {}): ConversationView => ({
  id,
  channel: 'meta',
  holder: 'queue',
  unread: 1,
  window: { open: true, closesAt: null },
  customer: { masked: '••11' },
  handoff: { at: ten, by: 'bot' },
  ...rest,
});
const changed = (conversation: string, rest: object) => ({
  id: 'e-1',
  type: 'conversation.changed',
  conversation,
  at: twelve,
  ...rest,
});

describe('since when a customer waits', () => {
  it('is since the hand-off while they are in the queue, whatever the bot has said since', () => {
    assert.equal(waitsSince(view('c_1', { waitingSince: null })), ten);
    assert.equal(waitsSince(view('c_1', { waitingSince: eleven })), ten);
  });

  it('is since their oldest message that nobody has answered, where somebody holds them', () => {
    assert.equal(waitsSince(view('c_1', { holder: 'agent', waitingSince: eleven })), eleven);
    assert.equal(waitsSince(view('c_1', { holder: 'agent', waitingSince: null })), undefined);
    assert.equal(waitsSince(view('c_1', { holder: 'bot' })), undefined);
  });
});

describe('who waits', () => {
  let room: WaitingRoom;
  let changes: number;
  beforeEach(() => {
    room = new WaitingRoom();
    changes = 0;
    room.addEventListener('change', () => {
      changes += 1;
    });
    room.take([
      view('c_1', { handoff: { at: eleven, by: 'bot' } }),
      view('c_2'),
      view('c_3', { holder: 'bot' }),
    ]);
  });

  it('is counted, and whoever came first waits longest', () => {
    assert.equal(room.count('Ada'), 2);
    assert.equal(room.longest('Ada'), 'c_2');
    assert.equal(changes, 1);
  });

  it('comes and goes by the events of the stream', () => {
    room.apply(changed('c_2', { holder: 'agent', agent: 'Ada' }));
    room.apply(changed('c_4', { holder: 'queue', handoff: { at: twelve, by: 'api' } }));
    assert.equal(room.longest('Ada'), 'c_1');
    assert.equal(room.count('Ada'), 2);
    room.apply(changed('c_3', { holder: 'bot' }));
    room.apply({ id: 'e-2', type: 'message.received', conversation: 'c_5' });
    assert.equal(changes, 3);
  });

  it('keeps their turn, though an event tells of them again', () => {
    room.apply(changed('c_2', { holder: 'queue', handoff: null }));
    assert.equal(room.longest('Ada'), 'c_2');
  });

  it('is none of ours where they were transferred to a colleague', () => {
    room.apply(changed('c_2', { holder: 'queue', assignedTo: 'Grace' }));
    assert.equal(room.longest('Ada'), 'c_1');
    assert.equal(room.count('Ada'), 1);
    assert.equal(room.longest('Grace'), 'c_2');
    room.take([]);
    assert.equal(room.longest('Ada'), undefined);
  });
});

describe('the shortcuts', () => {
  const none = { altKey: false, shiftKey: false, ctrlKey: false, metaKey: false };
  const press = (key: string, rest: object = {}) => shortcutOf({ ...none, key, ...rest });

  it('are Alt with an arrow, and nothing that belongs to somebody else', () => {
    assert.equal(press('ArrowDown', { altKey: true }), 'next');
    assert.equal(press('ArrowUp', { altKey: true }), 'previous');
    assert.equal(press('ArrowDown', { altKey: true, shiftKey: true }), 'longest');
    assert.equal(press('ArrowUp', { altKey: true, shiftKey: true }), undefined);
    assert.equal(press('ArrowDown'), undefined);
    assert.equal(press('ArrowDown', { altKey: true, ctrlKey: true }), undefined, 'AltGr is both');
    assert.equal(press('w', { altKey: true }), undefined);
  });
});
