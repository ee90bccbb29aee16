import assert from 'node:assert/strict';
import { storyOf } from '../../../../bot/simulator/page/story.ts';
import type { PhoneEvent, PhoneMessage, PhoneScreen } from '../../../../bot/simulator/phoneScreen.ts';

const phone = (timeline: readonly PhoneEvent[], messages: readonly Partial<PhoneMessage>[]): PhoneScreen => ({
  customer: '1',
  business: '2',
  typing: false,
  online: true,
  open: true,
  readReceipts: true,
  timeline,
  messages: messages as PhoneMessage[],
});

describe('the story of a phone', () => {
  it('tells latest first what took how long', () => {
    const story = storyOf(
      phone(
        [
          { at: 1000, what: 'customer', messageId: 'a' },
          { at: 1100, what: 'delivered', messageId: 'a' },
          { at: 1800, what: 'blue', messageId: 'a' },
          { at: 2000, what: 'typing' },
          { at: 4000, what: 'typingEnd' },
          { at: 4000, what: 'business', messageId: 'b' },
          { at: 5000, what: 'left' },
        ],
        [
          { id: 'a', at: 1000 },
          { id: 'b', at: 4000 },
        ],
      ),
    );
    assert.deepEqual(
      story.map(({ what, afterMs }) => [what, afterMs]),
      [
        ['left', undefined],
        ['business', 3000],
        ['typing', 1000],
        ['blue', 800],
        ['delivered', 100],
        ['customer', undefined],
      ],
    );
  });

  it('tells once what happens to several messages at once', () => {
    const both = (what: PhoneEvent['what'], at: number) =>
      ['a', 'b', 'c'].map(messageId => ({ at, what, messageId }));
    const story = storyOf(phone([...both('customer', 1), ...both('blue', 900)], []));
    assert.deepEqual(
      story.map(({ what, count }) => [what, count]),
      [
        ['blue', 3],
        ['customer', 3],
      ],
    );
  });

  it('tells of an answer when it arrives, where the phone was offline', () => {
    const events: readonly PhoneEvent[] = [
      { at: 1, what: 'offline' },
      { at: 2, what: 'business', messageId: 'b' },
    ];
    const told = (timeline: readonly PhoneEvent[], isAway: boolean) =>
      storyOf(phone(timeline, [{ id: 'b', at: 2, ...(isAway && { isAway }) }])).map(({ what }) => what);
    assert.deepEqual(told(events, true), ['offline']);
    const online: PhoneEvent = { at: 3, what: 'online' };
    const arrived: PhoneEvent = { at: 3, what: 'arrived', messageId: 'b' };
    assert.deepEqual(told([...events, online, arrived], false), ['arrived', 'online', 'offline']);
  });

  it('keeps to what fits', () => {
    const timeline = Array.from(
      { length: 100 },
      (_, at): PhoneEvent => ({ at, what: at % 2 ? 'left' : 'opened' }),
    );
    const story = storyOf(phone(timeline, []), 3);
    assert.deepEqual(
      story.map(({ at }) => at),
      [99, 98, 97],
    );
  });
});
