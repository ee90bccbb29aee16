import assert from 'node:assert/strict';
import { foldConversation, passes, queryOf } from '../../../../bot/console/conversations/foldList.ts';
import { isOpening } from '../../../../bot/console/conversations/opened.ts';
import type { ConversationView } from '../../../../bot/console/conversations/views.ts';

const window = { open: true, closesAt: '2026-11-22T12:00:00.000Z' };
const view: ConversationView = {
  id: 'c_1',
  channel: 'meta',
  holder: 'queue',
  unread: 2,
  window,
  customer: { masked: '••••11' },
  workstream: 'repairs',
  assignedTo: 'Bob',
  handoff: { at: '2026-11-21T12:00:00.000Z', by: 'bot', reason: 'a refund' },
};
const event = (type: string, rest: object = {}) => ({ id: 'e-1', type, conversation: 'c_1', ...rest });
const changed = (rest: object) =>
  event('conversation.changed', { holder: 'queue', workstream: null, policy: 'none', window, ...rest });

describe('what an event does to a conversation of the list', () => {
  it('moves it to another holder, and forgets what was said of the one before', () => {
    const { view: moved, isStale } = foldConversation(
      view,
      changed({ holder: 'agent', agent: 'Ada', assignedTo: null }),
    );
    assert.equal(moved.holder, 'agent');
    assert.equal(moved.agent, 'Ada');
    assert.equal('assignedTo' in moved, false);
    assert.equal('workstream' in moved, false);
    assert.equal(isStale, true);
  });

  it('asks for nothing more where the holder stays', () => {
    const { view: same, isStale } = foldConversation(
      view,
      changed({ workstream: 'sales', assignedTo: 'Eve' }),
    );
    assert.equal(isStale, false);
    assert.equal(same.workstream, 'sales');
    assert.equal(same.assignedTo, 'Eve');
  });

  it('takes the window with a message, and asks the API for its text', () => {
    const later = { open: true, closesAt: '2026-11-23T12:00:00.000Z' };
    const folded = foldConversation(view, event('message.received', { window: later }));
    assert.deepEqual(folded.view.window, later);
    assert.equal(folded.isStale, true);
    assert.equal(folded.view.unread, 2, 'the event may be one that the API has counted already');
  });

  it('has nothing unread once an agent has opened it; typing changes nothing', () => {
    assert.equal(foldConversation(view, event('agent', { event: 'opened' })).view.unread, 0);
    assert.deepEqual(foldConversation(view, event('agent', { event: 'typing' })), { view, isStale: false });
    assert.deepEqual(foldConversation(view, event('message.level')), { view, isStale: false });
  });
});

describe('the filter of the list', () => {
  const held = { ...view, holder: 'agent' as const, agent: 'Ada' };
  const show = (holder: 'all' | 'waiting' | 'mine' | 'bot', unread = false) => ({ holder, unread });

  it('shows by holder, mine by name, and unread', () => {
    assert.equal(passes(view, show('all'), 'Ada'), true);
    assert.equal(passes(view, show('waiting'), 'Ada'), true);
    assert.equal(passes(view, show('mine'), 'Ada'), false);
    assert.equal(passes(held, show('mine'), 'Ada'), true);
    assert.equal(passes(held, show('mine'), 'Eve'), false);
    assert.equal(passes(held, show('bot'), 'Ada'), false);
    assert.equal(passes({ ...view, unread: 0 }, show('all', true), 'Ada'), false);
  });

  it('asks the API for what it can filter', () => {
    assert.deepEqual(queryOf(show('all')), {});
    assert.deepEqual(queryOf(show('waiting', true)), { holder: 'queue', unread: 'true' });
    assert.deepEqual(queryOf(show('mine')), { holder: 'agent' });
  });
});

describe('looking at a conversation', () => {
  it('opens it where agents have it, and takes it neither from the bot nor from a colleague', () => {
    assert.equal(isOpening({ holder: 'bot' }, 'Ada'), false);
    assert.equal(isOpening({ holder: 'queue' }, 'Ada'), true);
    assert.equal(isOpening({ holder: 'queue', assignedTo: 'Bob' }, 'Ada'), false);
    assert.equal(isOpening({ holder: 'queue', assignedTo: 'Ada' }, 'Ada'), true);
    assert.equal(isOpening({ holder: 'agent' }, 'Ada'), true);
  });
});
