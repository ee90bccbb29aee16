import { describeError } from '../../middleware/errors.ts';
import type { Logger, NewForward, RawRequest, Scheduler, WebhookChannel } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { Patience } from '../../middleware/timing/patience.ts';
import { forwardOf } from './forwardOf.ts';
import { admitting, admitWithinMs, type Intake } from './intake.ts';
import { isStoreAway, type SpooledRequest, type SpooledRequests } from './spooledRequests.ts';

/**
 * Admits a webhook of a provider that may not come again. With the store away, or hanging, it is kept in the spool and
 * admitted later; only where that fails too it is refused.
 */
export function spooling(
  engine: Pick<Engine, 'admit'>,
  spooled: Pick<SpooledRequests, 'add'>,
  { scheduler, log }: { readonly scheduler: Scheduler; readonly log: Logger },
): Intake {
  const admit = admitting(engine);
  const patience = new Patience(scheduler, admitWithinMs);
  return async (channel, request) => {
    try {
      return await patience.call(() => admit(channel, request));
    } catch (error) {
      if (!isStoreAway(error)) throw error;
      await spooled.add(request).kept.catch(failure => {
        log.error({ channel: channel.name, ...describeError(failure) }, 'The spool cannot be written');
        throw error;
      });
      return undefined;
    }
  };
}

/** What is left to do with what waited in the spool. */
export interface SettlingParts {
  readonly engine: Pick<Engine, 'admit'>;
  /** Keeps a request in the store until it is passed on. */
  readonly queue: (forward: NewForward) => Promise<unknown>;
  readonly log: Logger;
}

/**
 * Brings to the store what waited in the spool, once it is back.
 *
 * @throws BluetickError `store_unavailable`
 */
export async function settleSpooled(
  { engine, queue, log }: SettlingParts,
  channel: WebhookChannel,
  { request, lane, passed }: SpooledRequest,
): Promise<void> {
  const queued = lane === undefined ? undefined : queue({ ...forwardOf(channel, request, lane), passed });
  await Promise.all([queued, admitSpooled(engine, channel, request, log)]);
}

/** What cannot be admitted for another reason than the store becomes a dead letter: the provider was told that we have it. */
async function admitSpooled(
  engine: Pick<Engine, 'admit'>,
  channel: WebhookChannel,
  request: RawRequest,
  log: Logger,
): Promise<void> {
  try {
    await admitting(engine)(channel, request);
  } catch (error) {
    if (isStoreAway(error)) throw error;
    log.error({ channel: channel.name, ...describeError(error) }, 'What waited in the spool is not admitted');
    const item = { ...request, body: request.body.toString('base64') };
    const rejected = [{ reason: 'it waited in the spool and could not be admitted', item }];
    await engine.admit(channel, { messages: [], acknowledgements: [], rejected });
  }
}
