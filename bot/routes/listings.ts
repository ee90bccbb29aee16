import type { Request, Server } from 'restify';
import { unmatchedAfterMs } from '../../middleware/acknowledgements/unmatched.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { Forwarder } from '../../middleware/forwarding/forwarder.ts';
import type { Clock, OrphanView, Store } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import type { Replay } from '../../middleware/receipts/replayer.ts';
import type { ApiRoute } from './api.ts';
import { viewFailure } from './failureViews.ts';
import { isoTime } from './messageViews.ts';
import { idForm, page, pageQuery, viewPage } from './page.ts';

const failureId = idForm('f');
/** What can be tried again, with the form of its ids. */
const replayable = { orphans: idForm('r'), quarantine: idForm('q'), 'dead-letters': idForm('d') };

const idOf = ({ id }: { readonly id: string }) => id;

/**
 * `GET /api/v1/failures`, `/orphans`, `/quarantine`, `/dead-letters`: what went wrong, newest first. The last three hold
 * items as they came, with personal data. `POST /api/v1/{orphans | quarantine | dead-letters}/{id}/replay`: try again.
 */
export function addListingRoutes(
  server: Server,
  parts: {
    engine: Pick<Engine, 'replay'>;
    /** Who passes requests on, where anybody does. */
    forwarder?: Pick<Forwarder, 'wake'> | undefined;
    store: Store;
    clock: Clock;
    route: ApiRoute;
  },
): void {
  const { engine, forwarder, store, clock, route } = parts;

  server.get(
    '/api/v1/failures',
    route(
      async request => {
        const asked = page(request, failureId);
        const found = await store.listFailures(pageQuery(asked));
        return viewPage(found, asked, idOf, ({ at, ...failure }) => ({
          ...failure,
          ...viewFailure(failure.channel, failure),
          at: isoTime(at),
        }));
      },
      { role: 'supervisor' },
    ),
  );

  server.get(
    '/api/v1/orphans',
    route(async request => {
      const asked = page(request, replayable.orphans);
      const now = clock.now();
      const found = await store.listOrphans({ ...pageQuery(asked), receivedBefore: now + 1 });
      return viewPage(found, asked, idOf, orphan => ({
        ...viewStatus(orphan),
        unmatched: orphan.receivedAt < now - unmatchedAfterMs,
      }));
    }),
  );

  server.get(
    '/api/v1/quarantine',
    route(async request => {
      const asked = page(request, replayable.quarantine);
      const found = await store.listQuarantine(pageQuery(asked));
      return viewPage(found, asked, idOf, item => ({ ...viewStatus(item), reason: item.reason }));
    }),
  );

  server.get(
    '/api/v1/dead-letters',
    route(async request => {
      const asked = page(request, replayable['dead-letters']);
      const found = await store.deadLetters(asked.limit + 1, asked.after);
      return viewPage(found, asked, idOf, ({ at, ...letter }) => ({ ...letter, at: isoTime(at) }));
    }),
  );

  for (const [kind, form] of Object.entries(replayable)) {
    server.post(
      `/api/v1/${kind}/:id/replay`,
      route(async ({ params }: Request) => {
        const id = String(params.id);
        const replayed = form.test(id) ? await engine.replay(id) : undefined;
        if (replayed === undefined) throw new BluetickError('unknown_item', 'There is no such item');
        if (replayed.what === 'forward') forwarder?.wake();
        return viewReplay(replayed);
      }),
    );
  }
}

/** A status that was set aside. */
function viewStatus({ id, receivedAt, acknowledgement }: OrphanView) {
  const { at, ...status } = acknowledgement;
  return { id, receivedAt: isoTime(receivedAt), acknowledgement: { ...status, at: isoTime(at) } };
}

function viewReplay(replayed: Replay) {
  switch (replayed.what) {
    case 'status': {
      const { acknowledged } = replayed;
      return {
        what: 'status',
        became: acknowledged.what,
        ...(acknowledged.what === 'applied' && { message: acknowledged.move.ref }),
        ...(acknowledged.what === 'quarantined' && { reason: acknowledged.reason }),
      };
    }
    case 'webhook-item': {
      const { report, rejected } = replayed;
      return { what: 'webhook-item', ...report, ...(rejected !== undefined && { reason: rejected }) };
    }
    default:
      return replayed;
  }
}
