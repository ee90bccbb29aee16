import { once } from 'node:events';
import type { Response, Server } from 'restify';
import { z } from 'zod';
import { BluetickError, describeError } from '../../middleware/errors.ts';
import type { Clock, Logger, PersonalDataStore, PrivacyAct } from '../../middleware/ports.ts';
import { customerName } from '../../middleware/privacy/customerData.ts';
import { eraseCustomer } from '../../middleware/privacy/eraseCustomer.ts';
import { exportCustomer } from '../../middleware/privacy/exportCustomer.ts';
import type { AskedBy } from '../../middleware/privacy/privacyActs.ts';
import { whoAsks } from '../access/caller.ts';
import type { TwilioIntake } from '../intake/twilioIntake.ts';
import type { Uploads } from '../uploads/uploads.ts';
import type { ApiRoute } from './api.ts';
import { isoTime } from './messageViews.ts';
import { page, pageQuery, viewPage } from './page.ts';
import { readJson } from './respond.ts';

const allowed = 'allowed: a phone number, or a business-scoped user id, of 5 to 128 characters';
/** In the body and not in the address: addresses are logged, by proxies too. */
const form = z.strictObject({
  customer: z
    .string({ error: allowed })
    .min(5, allowed)
    .max(128, allowed)
    .transform(customerName)
    .refine(name => name.length >= 5, allowed),
});

const actId = /^p_[0-9a-f]{64}$/;

/**
 * `POST /api/v1/customers/erasure` `{ customer }`: erases what is held of a customer; the answer is the proof.
 * `POST /api/v1/customers/export` `{ customer }`: hands it out as one JSON document.
 * `GET /api/v1/customers/acts`: what was done so far, newest first, without any of it.
 */
export function addCustomerDataRoutes(
  server: Server,
  parts: {
    store: PersonalDataStore;
    uploads: Pick<Uploads, 'remove'>;
    twilio: Pick<TwilioIntake, 'waits'> | undefined;
    clock: Clock;
    route: ApiRoute;
    log: Logger;
  },
): void {
  const { store, uploads, twilio, clock, route, log } = parts;

  server.post(
    '/api/v1/customers/erasure',
    route(async (request, caller) => {
      const { customer } = await readJson(request, form);
      // What waits there would be admitted after the erasure, as if it were new.
      if (twilio?.waits === true)
        throw new BluetickError(
          'store_unavailable',
          'Requests wait in the spool until the store has them: come again in a minute',
        );
      const erasing = { store, clock, removeFile: (id: string) => uploads.remove(id) };
      const act = await eraseCustomer(erasing, customer, whoAsks(caller));
      tell(act, 'A customer was erased');
      return viewAct(act);
    }),
  );

  server.post(
    '/api/v1/customers/export',
    route(async (request, caller, response) => {
      const { customer } = await readJson(request, form);
      const act = await send(response, customer, whoAsks(caller));
      if (act !== undefined) tell(act, 'What is held of a customer was handed out');
    }),
  );

  server.get(
    '/api/v1/customers/acts',
    route(async request => {
      const asked = page(request, actId);
      return viewPage(await store.privacyActs(pageQuery(asked)), asked, ({ id }) => id, viewAct);
    }),
  );

  /** Sends it as it is read, at its reader's pace. One that breaks off is cut off: it has no end that says that it is whole. */
  async function send(response: Response, customer: string, by: AskedBy): Promise<PrivacyAct | undefined> {
    const chunks = exportCustomer({ store, clock }, customer, by);
    // Until the first is there, an error can be told.
    let chunk = await chunks.next();
    response.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Disposition': 'attachment; filename="customer.json"',
      'Cache-Control': 'no-store',
    });
    try {
      while (chunk.done !== true) {
        if (!response.write(chunk.value))
          await Promise.race([once(response, 'drain'), once(response, 'close')]);
        if (response.destroyed) return undefined;
        chunk = await chunks.next();
      }
      response.end();
      return chunk.value;
    } catch (error) {
      log.error(describeError(error), 'An export was cut off');
      response.destroy();
      return undefined;
    } finally {
      await chunks.return(undefined as never);
    }
  }

  function tell({ id, counts, agent, via }: PrivacyAct, message: string): void {
    log.info({ id, counts, agent, via }, message);
  }
}

/** An act as the API shows it. */
function viewAct({ at, ...act }: PrivacyAct) {
  return { ...act, at: isoTime(at) };
}
