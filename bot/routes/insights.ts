import type { Request, Server } from 'restify';
import { z } from 'zod';
import type { InsightsQuery } from '../../middleware/acknowledgements/figures/insights.ts';
import type { HookSender } from '../../middleware/acknowledgements/hooks/hookSender.ts';
import { unmatchedAfterMs } from '../../middleware/acknowledgements/unmatched.ts';
import { channelNames } from '../../middleware/domain.ts';
import { invalidRequest } from '../../middleware/invalidRequest.ts';
import type { Clock, Store } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import type { TwilioIntake } from '../intake/twilioIntake.ts';
import type { ApiRoute } from './api.ts';
import { findConversation } from './findConversation.ts';
import { viewInsights } from './insightViews.ts';
import { queryOf } from './page.ts';

const time = z.iso
  .datetime({ offset: true, error: 'allowed: a time such as 2026-11-22T09:30:00Z' })
  .transform(text => Date.parse(text));

const flag = z.enum(['true', 'false'], { error: 'allowed: true, false' }).transform(text => text === 'true');

const query = z.strictObject({
  from: time.optional(),
  to: time.optional(),
  business: z.string().min(1).max(200).optional(),
  channel: z.enum(channelNames).optional(),
  hourly: flag.optional(),
  daily: flag.optional(),
  stuckAfterMs: z
    .string()
    .regex(/^\d{1,8}$/, { error: 'allowed: milliseconds from 0 to 86400000' })
    .transform(Number)
    .optional(),
});

/**
 * `GET /api/v1/insights`: what customers wait, how fast messages arrive, what becomes of them; and what the ledger has set
 * aside. `GET /api/v1/conversations/{id}/engagement`: how one contact reads what it is sent.
 */
export function addInsightRoutes(
  server: Server,
  parts: {
    engine: Pick<Engine, 'statuses' | 'figures'>;
    store: Store;
    clock: Clock;
    /** Who sends the web hooks; absent where they are off. */
    hookSender: Pick<HookSender, 'counts'> | undefined;
    /** Who passes a Twilio number's requests on; absent where nobody does. */
    twilio: Pick<TwilioIntake, 'forwarder' | 'passThrough'> | undefined;
    route: ApiRoute;
  },
): void {
  const { engine, store, clock, hookSender, twilio, route } = parts;

  server.get(
    '/api/v1/insights',
    route(
      async request => {
        const insights = await engine.figures.insights(readQuery(request));
        return {
          ...viewInsights(insights),
          ledger: {
            ...(await store.countLedger(clock.now() - unmatchedAfterMs)),
            sinceStart: engine.statuses,
            ...(hookSender && { webHooks: { pending: await store.countHooks(), ...hookSender.counts } }),
          },
          ...(twilio?.forwarder && {
            passThrough: {
              pending: await store.countForwards(),
              ...twilio.forwarder.counts,
              ...twilio.passThrough?.counts,
            },
          }),
        };
      },
      { role: 'supervisor' },
    ),
  );

  server.get(
    '/api/v1/conversations/:id/engagement',
    route(async request => engine.figures.engagement((await findConversation(store, request)).id), {
      role: 'supervisor',
    }),
  );
}

function readQuery(request: Request): InsightsQuery {
  const read = query.safeParse(Object.fromEntries(queryOf(request)));
  if (!read.success) throw invalidRequest(read.error);
  const { from, to, business, channel, hourly, daily, stuckAfterMs } = read.data;
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(business !== undefined && { business }),
    ...(channel !== undefined && { channel }),
    ...(hourly !== undefined && { byHour: hourly }),
    ...(daily !== undefined && { byDay: daily }),
    ...(stuckAfterMs !== undefined && { stuckAfterMs }),
  };
}
