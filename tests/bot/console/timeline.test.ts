import assert from 'node:assert/strict';
import { drawTimeline, type TimelineEntry } from '../../../bot/console/policy/timeline.ts';

const entry = (at: number, what: TimelineEntry['what']): TimelineEntry => ({ at, what, because: 'so' });

describe('the drawing of a timeline', () => {
  it('has everything at its time, with room behind what is last', () => {
    const drawing = drawTimeline([
      entry(1000, 'read'),
      entry(1000, 'typing'),
      entry(4000, 'typingEnd'),
      entry(4000, 'reply'),
    ]);
    assert.ok(drawing.replyAt !== undefined && drawing.replyAt > 80 && drawing.replyAt < 95);
    const quarter = drawing.replyAt / 4;
    assert.equal(drawing.readAt, quarter);
    assert.deepEqual(drawing.typing, { from: quarter, to: drawing.replyAt });
    assert.equal(drawing.isHeld, false);
  });

  it('has what stays grey, and nothing that does not happen', () => {
    const { marks, ...drawing } = drawTimeline([entry(0, 'held')]);
    assert.deepEqual(drawing, { isHeld: true });
    assert.ok(marks.length > 2);
    assert.deepEqual(drawTimeline([]).marks[0], { ms: 0, at: 0 });
  });

  it('has at most seven marks, at round times, from a second to a week', () => {
    for (const at of [0, 900, 3500, 61_000, 120_000, 3_600_000, 604_800_000]) {
      const { marks } = drawTimeline([entry(at, 'read')]);
      assert.ok(marks.length >= 3 && marks.length <= 7, `${at}: ${marks.length}`);
      assert.ok(marks.every(mark => mark.at <= 100 && mark.ms % 100 === 0));
    }
    assert.deepEqual(
      drawTimeline([entry(604_800_000, 'read')]).marks.map(({ ms }) => ms / 86_400_000),
      [0, 2, 4, 6],
    );
  });
});
