import type { Ticks } from '../base/tickShapes.ts';
import type { FailureView, MessageView } from './views.ts';

/** What a message of ours shows of its way. */
export interface TicksShown {
  readonly ticks: Ticks;
  /** Nobody reported it: what came after shows it. */
  readonly implied: boolean;
  /** Why it failed, where it did. */
  readonly failure?: FailureView;
}

const ticksByLevel: Readonly<Record<string, Ticks>> = {
  accepted: 'waiting',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
};

/**
 * The ticks of a message. A failure shows only while nothing shows that it arrived: a provider may report one, and deliver
 * all the same.
 */
export function ticksOf({ level, implied, failures, refusal, failure, sending }: MessageView): TicksShown {
  const ticks = ticksByLevel[level ?? ''] ?? 'waiting';
  const hasArrived = ticks === 'delivered' || ticks === 'read';
  if (!hasArrived && (sending === 'failed' || failures.length > 0)) {
    const why = refusal ?? failures.at(-1) ?? { code: failure ?? 'unknown', is: 'unknown' };
    return { ticks: 'failed', implied: false, failure: why };
  }
  return { ticks, implied: level !== null && implied.includes(level) };
}
