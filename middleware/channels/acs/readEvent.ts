import { z } from 'zod';
import { type Reading, reasonOf } from '../reading.ts';
import { instant, optionalText } from './fields.ts';

/** One event, whichever of the two schemas it came in. */
export interface GridEvent {
  /** The event's own id: the same when Event Grid delivers it again. */
  readonly id: string;
  /** Such as `Microsoft.Communication.AdvancedMessageReceived`. */
  readonly type: string;
  readonly subject: string | undefined;
  /** When Azure published it, in Unix milliseconds. */
  readonly at: number | undefined;
  /** What it tells, as it came. */
  readonly data: unknown;
}

const id = z.string().min(1).max(512);
const type = z.string().min(1).max(256);
const time = instant.optional().catch(undefined);
const shared = { id, subject: optionalText, data: z.unknown().optional() };

/** Event Grid's own schema, and CloudEvents 1.0. Attributes that we do not know are left aside. */
const event = z.union([
  z
    .looseObject({ ...shared, eventType: type, eventTime: time })
    .transform(({ id, subject, data, eventType, eventTime }) => ({
      ...{ id, subject, data },
      type: eventType,
      at: eventTime,
    })),
  z
    .looseObject({ ...shared, specversion: z.literal('1.0'), type, time })
    .transform(({ id, subject, data, type, time }) => ({ id, subject, data, type, at: time })),
]);

/** Reads the envelope of one event. */
export function readEvent(item: unknown): Reading<GridEvent> {
  const read = event.safeParse(item);
  return read.success ? { item: read.data } : { reason: reasonOf('event', read.error) };
}
