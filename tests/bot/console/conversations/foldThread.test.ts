import assert from 'node:assert/strict';
import { foldItem, hasBubble, merge } from '../../../../bot/console/conversations/foldThread.ts';
import type { BusinessItem, CustomerItem, MessageView } from '../../../../bot/console/conversations/views.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 12, 0, second)).toISOString();
const message = (changes: Partial<MessageView> = {}): MessageView => ({
  ref: 'o1',
  level: 'accepted',
  at: {},
  implied: [],
  failures: [],
  sending: 'sent',
  ...changes,
});
const ours = (changes: Partial<MessageView> = {}): BusinessItem => ({
  ref: 'o1',
  side: 'business',
  at: at(0),
  content: { type: 'text', text: 'hello' },
  message: message(changes),
});
const theirs = (ref: string, second: number): CustomerItem => ({
  ref,
  side: 'customer',
  kind: 'message',
  at: at(second),
  content: { type: 'text', text: ref },
});
const event = (type: string, rest: object = {}) => ({ id: 'e-1', at: at(9), type, message: 'o1', ...rest });
const level = (name: string, rest: object = {}) =>
  event('message.level', { level: name, implied: false, reportedAt: at(5), ...rest });
const messageOf = (item: ReturnType<typeof foldItem>['item']) => (item as BusinessItem).message;

describe('what an event does to a message of ours', () => {
  it('raises the level, keeps its time, and never falls', () => {
    const read = foldItem(ours(), level('read')).item;
    assert.equal(messageOf(read).level, 'read');
    const late = messageOf(foldItem(read, level('sent', { reportedAt: at(3) })).item);
    assert.equal(late.level, 'read');
    assert.deepEqual(late.at, { read: at(5), sent: at(3) });
  });

  it('does the same when it comes again', () => {
    const once = foldItem(ours(), level('delivered')).item;
    assert.deepEqual(foldItem(once, level('delivered')).item, once);
  });

  it('draws an implied level so until it is reported, and not again after that', () => {
    const implied = foldItem(ours(), level('read', { implied: true, reportedAt: undefined })).item;
    assert.deepEqual(messageOf(implied).implied, ['read']);
    assert.deepEqual(messageOf(implied).at, {});
    const real = foldItem(implied, level('read')).item;
    assert.deepEqual(messageOf(real).implied, []);
    assert.deepEqual(messageOf(foldItem(real, level('read', { implied: true })).item).implied, []);
  });

  it('is accepted no less where a tick was quicker', () => {
    assert.equal(messageOf(foldItem(ours({ level: 'read' }), event('message.accepted')).item).level, 'read');
    const waiting = ours({ level: null, sending: 'sending' });
    assert.equal(messageOf(foldItem(waiting, event('message.accepted')).item).level, 'accepted');
  });

  it('asks the API why it failed', () => {
    const item = ours();
    assert.deepEqual(foldItem(item, event('message.failed', { code: '131026' })), { item, isStale: true });
  });

  it('is marked where it goes out no more, and where it was taken back', () => {
    assert.equal((foldItem(ours(), event('message.superseded')).item as BusinessItem).superseded, true);
    const revoked = foldItem(ours(), event('message.revoked')).item;
    assert.equal(messageOf(revoked).revokedAt, at(9));
  });
});

describe('what an event does to a message of the customer’s', () => {
  const changed = (receipt: object) => foldItem(theirs('m1', 1), event('receipt.changed', { receipt }));

  it('takes the receipt as it is told', () => {
    const receipt = { outcome: 'sent', because: 'read.when is accepted', at: at(2) };
    const { item, isStale } = changed(receipt);
    assert.deepEqual((item as CustomerItem).receipt, receipt);
    assert.equal(isStale, false);
  });

  it('asks the API what a held one waits for, where the event does not say', () => {
    assert.equal(changed({ outcome: 'held', because: 'a rule' }).isStale, true);
    assert.equal(changed({ outcome: 'held', because: 'a rule', until: 'manual' }).isStale, false);
  });
});

describe('the messages of a thread', () => {
  it('stand by their time, each once, the latest as it was told last', () => {
    const [one, two, three] = [theirs('m1', 1), theirs('m2', 2), theirs('m3', 3)];
    assert.deepEqual(merge([one, three], [two]), [one, two, three]);
    const changed = { ...two, reaction: '👍' };
    assert.deepEqual(merge([one, two, three], [changed]), [one, changed, three]);
  });

  it('keep their order where two have the same time', () => {
    const [first, second] = [theirs('m1', 1), theirs('m2', 1)];
    assert.deepEqual(merge([first], [second]), [first, second]);
    assert.deepEqual(merge([first, second], [first]), [first, second]);
  });

  it('have no bubble for what only changes another one', () => {
    assert.equal(hasBubble(ours()), true);
    assert.equal(hasBubble(theirs('m1', 1)), true);
    assert.equal(hasBubble({ ...theirs('m1', 1), kind: 'reaction' }), false);
    assert.equal(hasBubble({ ...theirs('m1', 1), kind: 'revoke' }), false);
  });
});
