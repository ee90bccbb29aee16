import { describeError } from '../../middleware/errors.ts';
import type { Logger, WebhookChannel } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { admitting, type Intake } from './intake.ts';
import { isStoreAway, type SpooledRequest, type SpooledRequests } from './spooledRequests.ts';

/**
 * Admits a webhook of a provider that may not come again. With the store away it is kept in the spool and admitted later;
 * only where that fails too it is refused.
 */
export function spooling(
  engine: Pick<Engine, 'admit'>,
  spooled: Pick<SpooledRequests, 'add'>,
  log: Logger,
): Intake {
  const admit = admitting(engine, log);
  return async (channel, request) => {
    try {
      return await admit(channel, request);
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

/**
 * Admits what waited in the spool. What cannot be admitted for another reason than the store becomes a dead letter: the
 * provider was told that we have it.
 *
 * @throws BluetickError `store_unavailable`
 */
export async function admitSpooled(
  engine: Pick<Engine, 'admit'>,
  channel: WebhookChannel,
  { request }: SpooledRequest,
  log: Logger,
): Promise<void> {
  try {
    await admitting(engine, log)(channel, request);
  } catch (error) {
    if (isStoreAway(error)) throw error;
    log.error({ channel: channel.name, ...describeError(error) }, 'What waited in the spool is not admitted');
    const item = { ...request, body: request.body.toString('base64') };
    const rejected = [{ reason: 'it waited in the spool and could not be admitted', item }];
    await engine.admit(channel, { messages: [], acknowledgements: [], rejected });
  }
}
