/** One thing that the customer sees, as `POST /api/v1/policies/explain` tells it. */
export interface TimelineEntry {
  /** Milliseconds after the message was accepted. */
  readonly at: number;
  readonly what: 'read' | 'typing' | 'typingEnd' | 'reply' | 'held';
  readonly because: string;
}

/** Where everything stands, in percent of the width, from the customer's message on. */
export interface TimelineDrawing {
  /** When the ticks turn blue; absent: they stay grey. */
  readonly readAt?: number;
  /** Whether they stay grey because the receipt waits for something. */
  readonly isHeld: boolean;
  readonly typing?: { readonly from: number; readonly to: number };
  readonly replyAt?: number;
  /** The marks of the axis. */
  readonly marks: readonly { readonly ms: number; readonly at: number }[];
}

/** The least time that is drawn: below it everything is at once, to a person. */
const leastMs = 1000;

/** So that what is last does not stand at the edge. */
const roomBehind = 1.12;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Steps at which people count time. */
const steps = [100, 200, 500, second, 2 * second, 5 * second, 10 * second, 20 * second, 30 * second]
  .concat([minute, 2 * minute, 5 * minute, 10 * minute, 20 * minute, 30 * minute])
  .concat([hour, 2 * hour, 6 * hour, 12 * hour, day, 2 * day]);

/** Works out the drawing of a timeline. */
export function drawTimeline(timeline: readonly TimelineEntry[]): TimelineDrawing {
  const end = Math.max(leastMs, ...timeline.map(({ at }) => at)) * roomBehind;
  const percent = (ms: number) => (100 * ms) / end;
  const find = (what: TimelineEntry['what']) => {
    const found = timeline.find(entry => entry.what === what);
    return found && percent(found.at);
  };
  const [readAt, from, to, replyAt] = [find('read'), find('typing'), find('typingEnd'), find('reply')];
  return {
    isHeld: find('held') !== undefined,
    ...(readAt !== undefined && { readAt }),
    ...(from !== undefined && to !== undefined && { typing: { from, to } }),
    ...(replyAt !== undefined && { replyAt }),
    marks: marksTo(end).map(ms => ({ ms, at: percent(ms) })),
  };
}

/** At most six marks, at round times. */
function marksTo(end: number): readonly number[] {
  const step = steps.find(each => end / each <= 6) ?? Math.ceil(end / 6 / day) * day;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}
