import { z } from 'zod';
import type { Dialect } from '../linkedDevice/parseEvents.ts';
import type { CheckedOptions } from './options.ts';

/** The older form of `session.status`, which has no envelope: `{instance_id, status, qr, ts}`. */
const oldStatus = z.looseObject({
  event: z.undefined().optional(),
  instance_id: z.union([z.string(), z.int()]).transform(String),
  status: z.unknown().optional(),
  ts: z.unknown().optional(),
});

/** Where an event may name its instance. Only the older form is documented to do so. */
const naming = z.looseObject({ instance_id: z.union([z.string(), z.int()]).transform(String) });

/**
 * How Wawp's events differ from WAHA's. Nothing documented in an event names the instance: `session` is `default` in all
 * examples. So an event is for our instance where its session is called as the setting says, or as the instance itself;
 * whatever else it is called is somebody else's name, and so is another instance's id, wherever one stands.
 */
export function createDialect({
  instanceId,
  session,
}: Pick<CheckedOptions, 'instanceId' | 'session'>): Dialect {
  return {
    channel: 'wawp',
    businessOf(event) {
      const named = instanceIn(event) ?? instanceIn(event.payload);
      if (named !== undefined) return named;
      return event.session === session ? instanceId : event.session;
    },
    modernize(item) {
      const { data } = oldStatus.safeParse(item);
      if (data === undefined) return item;
      const { instance_id, status, ts } = data;
      // Whole seconds: what was told in the same second came before it, as far as anybody knows.
      const timestamp = typeof ts === 'number' ? ts * 1000 + 999 : undefined;
      return { event: 'session.status', instance_id, timestamp, payload: { status } };
    },
  };
}

function instanceIn(part: unknown): string | undefined {
  return naming.safeParse(part).data?.instance_id;
}
