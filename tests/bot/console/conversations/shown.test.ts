import assert from 'node:assert/strict';
import { contextLines } from '../../../../bot/console/conversations/contextLines.ts';
import { receiptShown } from '../../../../bot/console/conversations/receiptText.ts';
import { firstPast, pastKey, rowsInView } from '../../../../bot/console/conversations/rowsInView.ts';
import { filled, isComplete, templateBody } from '../../../../bot/console/conversations/templates.ts';
import { ticksOf } from '../../../../bot/console/conversations/ticksOf.ts';
import type { MessageView } from '../../../../bot/console/conversations/views.ts';

const message = (changes: Partial<MessageView>): MessageView => ({
  ref: 'o1',
  level: null,
  at: {},
  implied: [],
  failures: [],
  sending: 'sent',
  ...changes,
});
const undeliverable = { code: '131026', is: 'recipient_unreachable' };

describe('the ticks of a message', () => {
  const ticks = (changes: Partial<MessageView>) => ticksOf(message(changes)).ticks;

  it('are a clock, one grey, two grey, two blue', () => {
    const levels = [null, 'accepted', 'sent', 'delivered', 'read', 'played'];
    const shown = levels.map(level => ticks({ level }));
    assert.deepEqual(shown, ['waiting', 'waiting', 'sent', 'delivered', 'read', 'read']);
  });

  it('are drawn differently where nobody reported the level', () => {
    assert.equal(ticksOf(message({ level: 'read', implied: ['delivered', 'read'] })).implied, true);
    assert.equal(ticksOf(message({ level: 'read', implied: ['delivered'] })).implied, false);
  });

  it('tell a failure with its reason, unless it arrived all the same', () => {
    const failed = { ticks: 'failed', implied: false, failure: undeliverable };
    assert.deepEqual(ticksOf(message({ level: 'sent', failures: [undeliverable] })), failed);
    assert.deepEqual(ticksOf(message({ sending: 'failed', refusal: undeliverable })), failed);
    assert.equal(ticks({ level: 'delivered', failures: [undeliverable] }), 'delivered');
  });

  it('name a failure whose reason nobody gave', () => {
    const { failure } = ticksOf(message({ sending: 'failed', failure: 'timeout' }));
    assert.deepEqual(failure, { code: 'timeout', is: 'unknown' });
  });
});

describe('the line under a customer’s message', () => {
  const shown = (outcome: string, rest: object = {}) => receiptShown({ outcome, because: 'a rule', ...rest });

  it('says since when it is read, or when it will be', () => {
    assert.deepEqual(shown('sent', { at: 't' }), { isRead: true, isOpen: false, line: 'read', at: 't' });
    assert.deepEqual(shown('covered'), { isRead: true, isOpen: false, line: 'covered' });
    assert.deepEqual(shown('scheduled', { dueAt: 't' }), {
      isRead: false,
      isOpen: true,
      line: 'due',
      at: 't',
    });
  });

  it('says what a held one waits for', () => {
    assert.equal(shown('held', { until: 'agentOpened' }).line, 'held.agentOpened');
    assert.equal(shown('held', { until: 'something new' }).line, 'held');
    assert.equal(shown('held').isOpen, true);
  });

  it('says how it ended', () => {
    for (const outcome of ['skipped', 'unsupported', 'failed', 'expired'] as const)
      assert.deepEqual(shown(outcome), { isRead: false, isOpen: false, line: outcome });
  });
});

describe('the rows of a long list', () => {
  const rows = (top: number, count = 10_000) => rowsInView({ top, height: 840, rowHeight: 84, count });

  it('are those on the screen, and some beyond', () => {
    assert.deepEqual(rows(0), { from: 0, to: 18 });
    assert.deepEqual(rows(84_000), { from: 992, to: 1018 });
    assert.deepEqual(rows(839_160), { from: 9982, to: 10_000 });
  });

  it('are no more than there are, also where the list has become shorter', () => {
    assert.deepEqual(rows(0, 3), { from: 0, to: 3 });
    assert.deepEqual(rows(84_000, 3), { from: 3, to: 3 });
    assert.deepEqual(rows(0, 0), { from: 0, to: 0 });
  });

  it('are gone over by keys, and no further than the ends', () => {
    const past = (key: string, place: number) => pastKey(key, { place, count: 10, page: 4 });
    assert.equal(past('ArrowDown', -1), 0);
    assert.equal(past('ArrowDown', 9), 9);
    assert.equal(past('ArrowUp', 0), 0);
    assert.equal(past('PageDown', 3), 7);
    assert.equal(past('Home', 5), 0);
    assert.equal(past('End', 5), 9);
    assert.equal(past('x', 5), undefined);
    assert.equal(pastKey('End', { place: -1, count: 0, page: 4 }), undefined);
  });

  it('are searched for the first that is past something', () => {
    for (let first = 0; first <= 7; first += 1)
      assert.equal(
        firstPast(7, place => place >= first),
        first,
      );
  });
});

describe('a template', () => {
  const template = {
    name: 'ready',
    language: 'en_US',
    text: 'Hello {{who}}, until {{time}}. {{other}}',
    parameters: [
      { name: 'who', example: 'Anna' },
      { name: 'time', example: '18:00' },
    ],
  };

  it('shows examples where nothing is filled in', () => {
    assert.equal(filled(template, { who: 'Bob' }), 'Hello Bob, until [18:00]. [{{other}}]');
  });

  it('is sent with its parameters in order, once all are there', () => {
    assert.equal(isComplete(template, { who: 'Bob', time: ' ' }), false);
    assert.equal(isComplete(template, { who: 'Bob', time: '17:00' }), true);
    const body = [
      { type: 'text', text: 'Bob' },
      { type: 'text', text: '17:00' },
    ];
    assert.deepEqual(templateBody(template, { time: ' 17:00', who: 'Bob ' }), {
      template: { name: 'ready', language: 'en_US', body },
    });
    const bare = { ...template, parameters: [] };
    assert.deepEqual(templateBody(bare, {}), { template: { name: 'ready', language: 'en_US' } });
  });
});

describe('what a bot hands over', () => {
  it('is read as names and values', () => {
    const context = { order: 4711, customer: { tone: 'angry', tags: ['vip', 'late'] }, note: '', none: null };
    assert.deepEqual(contextLines(context), [
      ['order', '4711'],
      ['customer.tone', 'angry'],
      ['customer.tags', 'vip, late'],
    ]);
    assert.deepEqual(contextLines({ items: [{ id: 1 }, { id: 2 }], empty: [] }), [
      ['items.0.id', '1'],
      ['items.1.id', '2'],
    ]);
  });
});
